/** Where the web app of an environment answers, if not at its own address on Azure: told by a variable. */

/** Name of that variable, such as `WEB_APP_ADDRESS_TEST`. */
export function addressVariable(environment: string): string {
    return `WEB_APP_ADDRESS_${environment.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
}
