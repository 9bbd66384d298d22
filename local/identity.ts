/** Tenant, subscription and user of this machine's Azure: plainly made up, and the same on every machine. */
export const signedInUser = {
    tenantId: "10ca1000-0000-4000-8000-000000000001",
    subscriptionId: "10ca1000-0000-4000-8000-000000000002",
    objectId: "10ca1000-0000-4000-8000-000000000003",
    /** Client id that Azure answers for somebody who signed in with the Azure CLI. */
    clientId: "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    kind: "User",
    name: "you@local.example",
} as const;

/** A second tenant with a subscription, where the user is an Owner too: the wrong place to be signed in to. */
export const otherTenant = {
    tenantId: "10ca1000-0000-4000-8000-00000000000a",
    subscriptionId: "10ca1000-0000-4000-8000-00000000000b",
} as const;
