/** `az rest`: requests to Azure Resource Manager as their method, URL and body; to Microsoft Graph see graph.ts. */
import * as http from "node:http";
import type { Cloud } from "../cloud/cloud";
import { CloudError, notFound } from "../cloud/errors";
import { parseId, resourceGroupId } from "../cloud/ids";
import * as questions from "../cloud/questions";
import { refusal } from "../cloud/rules";
import type { Document } from "../cloud/store";
import { graphHost, graphRequest } from "./graph";

const host = "https://management.azure.com";

/** What an id, in lower case, ends with that asks about its scope. */
const permissionsEnd = "/providers/microsoft.authorization/permissions";
const nameCheckEnd = "/providers/microsoft.web/checknameavailability";

/** A refusal, as the Azure CLI prints it. Source: azure-cli-core, util.py, `send_raw_request`. */
export function restError({ status, code, message }: CloudError): string {
    return `${http.STATUS_CODES[status]}(${JSON.stringify({ error: { code, message } })})`;
}

/** The path of a URL, or of what the Azure CLI makes one of: `/subscriptions/{subscriptionId}/...`. */
function pathOf(text: string, { caller }: Cloud): string {
    const filled = text.replaceAll("{subscriptionId}", caller.subscriptionId);
    const absolute = filled.startsWith("/") ? host + filled : filled;
    if (!URL.canParse(absolute) || new URL(absolute).origin !== host) {
        throw new CloudError(
            400,
            "NotModelled",
            `'${text}' is not modelled on this machine; only ${host} is.`,
        );
    }
    const url = new URL(absolute);
    if (!url.searchParams.get("api-version")) {
        throw new CloudError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        );
    }
    return decodeURIComponent(url.pathname).replace(/\/+$/, "");
}

async function get(cloud: Cloud, id: string): Promise<Document> {
    if (id.toLowerCase().endsWith(permissionsEnd)) {
        return questions.permissions(cloud, id.slice(0, -permissionsEnd.length));
    }
    const parsed = parseId(id);
    if (!parsed) return questions.list(cloud, id);
    if (parsed.type === "Microsoft.Resources/subscriptions") {
        return questions.subscription(cloud, id);
    }
    const document = await cloud.get(id);
    if (document) return document;
    const { subscriptionId, resourceGroup } = parsed;
    const isThere =
        resourceGroup && cloud.store.get(resourceGroupId(subscriptionId, resourceGroup));
    if (resourceGroup && !isThere) throw refusal("resourceGroupNotFound", { group: resourceGroup });
    throw notFound(id);
}

async function post(cloud: Cloud, path: string, body: Document): Promise<Document> {
    if (path.toLowerCase().endsWith(nameCheckEnd)) {
        return questions.checkSiteName(cloud, path.slice(0, -nameCheckEnd.length), body);
    }
    const at = path.lastIndexOf("/");
    return cloud.post(path.slice(0, at), path.slice(at + 1));
}

/** Answers a request, or throws Azure's refusal. Undefined where Azure answers nothing. */
export async function request(
    cloud: Cloud,
    method: string,
    url: string,
    body: Document = {},
): Promise<Document | undefined> {
    if (URL.canParse(url) && new URL(url).origin === graphHost && method.toLowerCase() === "get") {
        return graphRequest(cloud, decodeURIComponent(new URL(url).pathname));
    }
    const path = pathOf(url, cloud);
    switch (method.toLowerCase()) {
        case "get":
            return get(cloud, path);
        case "put":
            return cloud.put(path, body);
        case "delete":
            await cloud.delete(path);
            return undefined;
        case "post":
            return post(cloud, path, body);
        default:
            throw new CloudError(400, "NotModelled", `${method} is not modelled on this machine.`);
    }
}
