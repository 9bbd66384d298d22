/** What rules about services with a firewall of their own share. */
import type { Options } from "./options";
import type { Subject } from "./rule";
import { word } from "./values";

/** Reports a service that everybody reaches: public access is on, and its firewall lets in by default. */
export function mustBeClosed<O extends Options>(
    { props, violation, settle }: Subject<O>,
    accessPath: string,
    actionPath: string,
): void {
    const access = props.read(accessPath);
    const action = props.read(actionPath);
    if (access.known && word(access.value) === "disabled") return settle();
    if (action.known && word(action.value) === "deny") return settle();
    if (!access.known || !action.known) return;
    violation({ where: accessPath, is: `not Disabled, and ${actionPath} not Deny` });
}
