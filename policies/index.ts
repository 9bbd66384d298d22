import type { ResourceValidationPolicy } from "@pulumi/policy";
import { regionAllowList } from "./regionAllowList";
import { skuAllowList } from "./skuAllowList";

/** Every policy of the pack. Kept apart from pack.ts, whose import starts the analyzer's server. */
export const policies: ResourceValidationPolicy[] = [
    // What may be bought, and where.
    skuAllowList,
    regionAllowList,
];
