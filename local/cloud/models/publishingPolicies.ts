import type { ResourceModel } from "../model";
import { propertiesOf } from "../store";

/** The policies of apps, and of their slots. */
function policies(site: "Microsoft.Web/sites" | "Microsoft.Web/sites/slots"): ResourceModel {
    return {
        type: `${site}/basicPublishingCredentialsPolicies`,
        put({ id, parsed, body }) {
            const { allow = true } = propertiesOf(body);
            return { id, name: parsed.name, type: parsed.type, properties: { allow } };
        },
        initial: () => ({ properties: { allow: true } }),
    };
}

/**
 * Whether FTP and SCM take passwords. Both policies exist with the site, allow, and come back to that
 * when they are deleted. Source: learn.microsoft.com/azure/app-service/configure-basic-auth-disable
 */
export const publishingPolicies = policies("Microsoft.Web/sites");
export const slotPublishingPolicies = policies("Microsoft.Web/sites/slots");
