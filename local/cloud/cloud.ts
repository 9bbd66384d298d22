/**
 * Azure Resource Manager on this machine: PUT, GET, DELETE and POST on resource ids, with the checks that
 * are the same for every resource type. What is particular to a type stands in its model (./models).
 */
import { withLock } from "../../engine/lock";
import { isRegion, normalizeRegion } from "../../azure/regions";
import { Access, requiredAction, requiredRights, type Right } from "./access";
import { note } from "./activity";
import { Directory } from "./directory";
import { CloudError, notFound } from "./errors";
import { requireGraph } from "./graph";
import { withFaults } from "./faults";
import { parseId, resourceGroupId, type ResourceId } from "./ids";
import { checkLocks } from "./locks";
import type { Caller, ResourceModel, Surroundings } from "./model";
import { models } from "./models";
import { refusal } from "./rules";
import type { Document, Store } from "./store";

/** A request as it reaches Azure, with the model that answers it. */
export interface Request {
    /** `read`, `write`, `delete`, or the name of a POST's action such as `list`. */
    readonly verb: string;
    readonly id: string;
    readonly parsed: ResourceId;
    readonly model: ResourceModel;
    /** What is written; undefined unless the verb is `write`. */
    readonly body?: Document;
}

export class Cloud implements Surroundings {
    readonly directory: Directory;
    readonly access: Access;

    constructor(
        readonly store: Store,
        readonly caller: Caller,
    ) {
        this.directory = new Directory(store, caller.tenantId);
        this.access = new Access(store, this.directory);
    }

    get(id: string): Promise<Document | undefined> {
        return this.ask("read", id, (request) => this.read(request));
    }

    put(id: string, body: Document): Promise<Document> {
        const write = (request: Request) => this.change(() => this.write(request, body));
        return this.ask("write", id, write, body);
    }

    delete(id: string): Promise<void> {
        return this.ask("delete", id, (request) => this.change(() => this.remove(request)));
    }

    post(id: string, action: string): Promise<Document> {
        return this.ask(action, id, (request) => this.act(request));
    }

    /** Lets a caller ask about what is no resource of its own, or refuses it: for questions.ts. */
    askAt(scope: string, type: string): void {
        const parsed = parseId(scope);
        if (!parsed) throw new CloudError(400, "InvalidResourceId", `'${scope}' is no scope.`);
        this.checkSubscription(parsed);
        this.require({ action: requiredAction("read", { ...parsed, type }), scope });
    }

    /** Lets an operation on the directory pass, or refuses it. The object is what it is done to. */
    askDirectory(operation: string, object?: Document): void {
        this.noted({ action: operation, scope: `/tenants/${this.caller.tenantId}` }, () =>
            requireGraph(this.directory, this.caller, operation, object),
        );
    }

    /** The way of every request: what is it about, may the caller, and then the answer. */
    private async ask<T>(
        verb: string,
        id: string,
        answer: (request: Request) => T | Promise<T>,
        body?: Document,
    ): Promise<T> {
        const request: Request = { verb, id, ...this.modelOf(id), body };
        for (const right of requiredRights(request)) this.require(right);
        const target = { verb, id, type: request.parsed.type };
        return withFaults(this.store, target, () => answer(request));
    }

    private require(right: Right): void {
        this.noted(right, () => this.access.require(this.caller, right));
    }

    /** Asks for a right, and notes whether it was there. */
    private noted({ action, scope }: Right, require: () => void): void {
        const { objectId } = this.caller;
        const what = { action, scope };
        try {
            require();
        } catch (error) {
            note(this.store, { objectId, ...what, allowed: false });
            throw error;
        }
        note(this.store, { objectId, ...what, allowed: true });
    }

    private read({ id, model, parsed }: Request): Document | undefined {
        const document = this.find(id, model, parsed);
        return document && (model.show?.(document, this) ?? document);
    }

    private write({ id, model, parsed }: Request, body: Document): Document {
        this.checkParents(parsed);
        checkLocks(this.store, "write", id, parsed);
        const existing = this.find(id, model, parsed);
        const location = model.located ? locationOf(body, parsed, existing) : undefined;
        const located = model.located ? { ...body, location } : body;
        const document = model.put({ id, parsed, body: located, existing, cloud: this });
        this.store.put(model.keptAt?.(parsed, this) ?? id, document);
        return model.show?.(document, this) ?? document;
    }

    private remove({ id, model, parsed }: Request): void {
        const document = this.find(id, model, parsed);
        if (!document) return;
        checkLocks(this.store, "delete", id, parsed);
        model.beforeDelete?.(id, document, this);
        this.store.delete(model.keptAt?.(parsed, this) ?? id);
    }

    private act({ verb, id, model, parsed }: Request): Document {
        const answer = model.actions?.[verb];
        if (!answer) {
            throw new CloudError(
                400,
                "NotModelled",
                `The action ${parsed.type}/${verb} is not modelled on this machine.`,
            );
        }
        if (!this.find(id, model, parsed)) throw notFound(id);
        checkLocks(this.store, verb, id, parsed);
        return answer(id, this);
    }

    /** Runs a change alone: two programs that create one name meet here, as they would in Azure. */
    change<T>(work: () => T): Promise<T> {
        return withLock(this.store.lockFile, work);
    }

    modelOf(id: string): { model: ResourceModel; parsed: ResourceId } {
        const parsed = parseId(id);
        if (!parsed) throw new CloudError(400, "InvalidResourceId", `'${id}' is no resource id.`);
        const model = models.get(parsed.type.toLowerCase());
        if (!model) {
            throw new CloudError(
                400,
                "NotModelled",
                `${parsed.type} is not modelled on this machine; local/README.md lists what is.`,
            );
        }
        this.checkSubscription(parsed);
        return { model, parsed };
    }

    /** Whether the subscription is there, and the caller's token is of its tenant. */
    private checkSubscription({ subscriptionId }: ResourceId): void {
        if (!subscriptionId) return;
        const subscription = this.store.get(`/subscriptions/${subscriptionId}`);
        if (!subscription) {
            throw refusal("subscriptionNotFound", { subscription: subscriptionId });
        }
        const { tenantId: tenant } = this.caller;
        const wanted = String(subscription.tenantId);
        if (tenant !== wanted) throw refusal("tokenOfOtherTenant", { tenant, wanted });
    }

    private find(id: string, model: ResourceModel, parsed: ResourceId): Document | undefined {
        const stored = this.store.get(model.keptAt?.(parsed, this) ?? id);
        if (stored || !model.initial || !this.store.get(parsed.parent)) return stored;
        return { id, name: parsed.name, type: parsed.type, ...model.initial(parsed) };
    }

    private exists(id: string): boolean {
        const parsed = parseId(id);
        const model = parsed && models.get(parsed.type.toLowerCase());
        return (model ? this.find(id, model, parsed) : this.store.get(id)) !== undefined;
    }

    private checkParents(parsed: ResourceId): void {
        const { resourceGroup, subscriptionId, parent } = parsed;
        const isGroup = parsed.type === "Microsoft.Resources/resourceGroups";
        if (
            resourceGroup &&
            !isGroup &&
            !this.store.get(resourceGroupId(subscriptionId, resourceGroup))
        ) {
            throw refusal("resourceGroupNotFound", { group: resourceGroup });
        }
        if (parsed.type.split("/").length > 2 && !this.exists(parent)) {
            throw refusal("parentResourceNotFound", { type: parsed.type, parent });
        }
    }
}

/** The region of a located resource: one that exists, and always the same. */
function locationOf(body: Document, parsed: ResourceId, existing?: Document): string {
    const before = existing?.location as string | undefined;
    const location = body.location ?? before;
    if (typeof location !== "string") throw refusal("locationRequired");
    if (!isRegion(location)) {
        throw refusal("locationNotAvailable", { location, type: parsed.type });
    }
    if (before !== undefined && normalizeRegion(before) !== normalizeRegion(location)) {
        throw refusal("locationChanged", {
            name: parsed.name,
            before: normalizeRegion(before),
            location: normalizeRegion(location),
        });
    }
    return location;
}
