/**
 * Controls of the Microsoft cloud security benchmark, version 1, that rules of this pack serve.
 * Source: learn.microsoft.com/security/benchmark/azure, one page a domain, such as mcsb-network-security
 */
export const controls = {
    "NS-1": "Establish network segmentation boundaries",
    "NS-2": "Secure cloud services with network controls",
    "NS-8": "Detect and disable insecure services and protocols",
    "IM-1": "Use centralized identity and authentication system",
    "IM-3": "Manage application identities securely and automatically",
    "IM-8": "Restrict the exposure of credential and secrets",
    "PA-1": "Separate and limit highly privileged/administrative users",
    "PA-7": "Follow just enough administration (least privilege) principle",
    "DP-3": "Encrypt sensitive data in transit",
    "DP-6": "Use a secure key management process",
    "DP-8": "Ensure security of key and certificate repository",
    "AM-1": "Track asset inventory and their risks",
    "AM-2": "Use only approved services",
    "AM-3": "Ensure security of asset lifecycle management",
    "LT-3": "Enable logging for security investigation",
    "PV-1": "Define and establish secure configurations",
    "PV-2": "Audit and enforce secure configurations",
    "PV-6": "Rapidly and automatically remediate vulnerabilities",
    "BR-2": "Protect backup and recovery data",
    "DS-2": "Ensure software supply chain security",
} as const;

export type Control = keyof typeof controls;

/** The benchmark, as the policy SDK wants a control described. */
export function framework(control: Control) {
    return {
        name: "Microsoft cloud security benchmark",
        version: "v1",
        reference: control,
        specification: controls[control],
    };
}
