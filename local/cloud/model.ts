/** What a resource type's model is, and what it may see of the cloud around it. */
import type { Directory } from "./directory";
import type { ResourceId } from "./ids";
import type { Document, Store } from "./store";

/** Who is signed in, and where. */
export interface Caller {
    readonly tenantId: string;
    readonly subscriptionId: string;
    readonly objectId: string;
    readonly clientId: string;
    readonly kind: "User" | "ServicePrincipal";
    /** What refusals call it: the user's principal name, or the client id. */
    readonly name: string;
}

/** What models see of the cloud. */
export interface Surroundings {
    readonly store: Store;
    readonly directory: Directory;
    readonly caller: Caller;
}

/** What a model gets to answer a PUT. */
export interface PutRequest {
    readonly id: string;
    readonly parsed: ResourceId;
    readonly body: Document;
    /** What is there already, if anything. */
    readonly existing?: Document;
    readonly cloud: Surroundings;
}

/** Parts of an ARM document that stand beside its `properties`. */
export const envelope: ReadonlySet<string> = new Set([
    "extendedLocation",
    "identity",
    "kind",
    "location",
    "managedBy",
    "plan",
    "sku",
    "tags",
    "zones",
]);

/** How one resource type behaves. */
export interface ResourceModel {
    /** ARM type, such as `Microsoft.Web/sites`. */
    readonly type: string;
    /** Whether it is in a region of its own, which must be said when it is created. */
    readonly located?: boolean;
    /** What Azure keeps after a PUT: checked, and completed with what Azure adds. */
    put(request: PutRequest): Document;
    /** What is there before any PUT, for what always exists beside its parent. */
    initial?(parsed: ResourceId): Document;
    /** Refuses a DELETE, or tidies up before it. */
    beforeDelete?(id: string, document: Document, cloud: Surroundings): void;
    /** Where a document is kept that every scope answers alike; without it, at the id that is asked for. */
    keptAt?(parsed: ResourceId, cloud: Surroundings): string;
    /** What a GET shows of what is kept. */
    show?(document: Document, cloud: Surroundings): Document;
    /** Answers to POST, by action. */
    readonly actions?: Readonly<Record<string, (id: string, cloud: Surroundings) => Document>>;
}
