/**
 * What Azure takes as a tag. Names are the same in any case.
 * Source: learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
 */
const longestName = 512;
const longestValue = 256;
const forbidden = /[<>%&\\?/]/;

/** What is wrong with a tag, as the end of the sentence "expected ..."; undefined if nothing is. */
export function tagProblem(name: string, value: string): string | undefined {
    if (name === "" || name.length > longestName || forbidden.test(name)) {
        return `a name of 1 to ${longestName} characters without < > % & \\ ? /`;
    }
    return value.length > longestValue
        ? `a value of at most ${longestValue} characters`
        : undefined;
}
