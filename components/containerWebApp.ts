import * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import { toCidr } from "../azure/addresses";
import {
    containerSettings,
    port as ports,
    reservedSettings,
    startTimeLimit,
} from "../azure/appSettings";
import { imageForm, isInAzure, linuxFxVersion, parseImage, registryUrl } from "../azure/images";
import { nameTaken } from "./nameTaken";

/** What a {@link ContainerWebApp} needs from its caller. */
export interface ContainerWebAppArgs {
    /** Resource group that holds the app. */
    readonly resourceGroupName: pulumi.Input<string>;
    /** Name of the app in Azure; its address contains it, so it is unique in the whole world. */
    readonly appName: pulumi.Input<string>;
    /** Resource ID of the Linux plan that runs the container. */
    readonly planId: pulumi.Input<string>;
    /** Region of the app, which is the plan's. @default the region of the scope's provider */
    readonly location?: pulumi.Input<string>;
    /** Image by digest or tag. Plain, like all that is checked before anything is registered. */
    readonly image: string;
    /** How to sign in to a private registry. @default a public image */
    readonly registry?: {
        /** User name, or the name of a token. */
        readonly username: pulumi.Input<string>;
        /** Password or token; kept as a secret. */
        readonly password: pulumi.Input<string>;
    };
    /** TCP port that the container listens on. Plain. @default 8080 */
    readonly port?: number;
    /** Path that answers 200 while the app is well. Plain. @default no health check */
    readonly healthCheckPath?: string;
    /** Longest start of the container, in seconds from 10 to 1800. Plain. @default 1800 */
    readonly startTimeLimitSeconds?: number;
    /** Path that Azure asks until the container answers. Plain. @default the health check path */
    readonly warmUpPath?: string;
    /** HTTP statuses that count as ready, e.g. "200,202". Plain. @default "200" with a warm-up path, else any */
    readonly warmUpStatuses?: string;
    /** Environment variables of the container; wrap secret values in `pulumi.secret`. The names are plain. @default none */
    readonly appSettings?: Readonly<Record<string, pulumi.Input<string>>>;
    /** Addresses or CIDR ranges that may call the app. Plain. @default everybody */
    readonly allowedIpRanges?: readonly string[];
    /** Whether the app stays loaded while nobody calls it; the plan's size must allow it. @default true */
    readonly alwaysOn?: pulumi.Input<boolean>;
    /** Oldest TLS version that app and SCM site accept, "1.2" or "1.3". @default "1.2" */
    readonly minTlsVersion?: pulumi.Input<string>;
    /** Tags of the app. @default none */
    readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A Linux web app that runs one container, with an identity of its own and every side door closed.
 *
 * Children: `<name>` (the app); `<name>-ftp` and `<name>-scm` (publishing by password, both off).
 */
export class ContainerWebApp extends pulumi.ComponentResource {
    /** HTTPS address of the app. */
    public readonly url: pulumi.Output<string>;
    /** Name of the app in Azure. */
    public readonly appName: pulumi.Output<string>;
    /** Object ID of the app's own identity: give it roles, never a shared principal. */
    public readonly principalId: pulumi.Output<string>;

    constructor(name: string, args: ContainerWebAppArgs, opts?: pulumi.ComponentResourceOptions) {
        const registry = args.registry && {
            ...args.registry,
            // Also as an argument of the component, which the state keeps.
            password: pulumi.secret(args.registry.password),
        };
        super("azure-webapp-stack:index:ContainerWebApp", name, { ...args, registry }, opts);
        const problems = argumentProblems(args);
        if (problems.length > 0) throw new pulumi.ResourceError(problems.join("\n"), this, true);

        const config = siteConfig({ ...args, registry });
        const app = new web.WebApp(
            name,
            {
                resourceGroupName: args.resourceGroupName,
                name: args.appName,
                location: args.location,
                serverFarmId: args.planId,
                // Azure may answer another kind, and a changed one replaces the app: set once, for ever.
                kind: "app,linux,container",
                reserved: true,
                identity: { type: "SystemAssigned" },
                httpsOnly: true,
                clientAffinityEnabled: false,
                publicNetworkAccess: "Enabled",
                sshEnabled: false,
                siteConfig: config,
                tags: args.tags,
            },
            {
                parent: this,
                hooks: { onError: [nameTaken(name)] },
                // Azure deletes no plan that has apps: where a plan is replaced, its app must go first.
                replaceOnChanges: ["serverFarmId"],
                // The SDK passes siteConfig through an apply, which makes all of it secret for the sake of
                // one secret app setting: a preview would not even show that the image changes.
                transformations: [
                    ({ props, opts: own }) => ({
                        props: { ...props, siteConfig: config },
                        opts: own,
                    }),
                ],
            },
        );

        // Publishing passwords would bypass the identities above, and a new app accepts them. One after
        // the other: Azure refuses parallel changes of one site (429, "cannot acquire exclusive lock").
        const closed = { resourceGroupName: args.resourceGroupName, name: app.name, allow: false };
        const ftp = new web.WebAppFtpAllowed(`${name}-ftp`, closed, { parent: this });
        new web.WebAppScmAllowed(`${name}-scm`, closed, { parent: this, dependsOn: [ftp] });

        // Asked for, never put together: newer apps have a hash and a region in their address.
        this.url = pulumi.interpolate`https://${app.defaultHostName}`;
        this.appName = app.name;
        this.principalId = app.identity.apply((identity) => identity?.principalId ?? "");
        this.registerOutputs({
            url: this.url,
            appName: this.appName,
            principalId: this.principalId,
        });
    }
}

/** Everything wrong with the plain arguments. */
function argumentProblems(args: ContainerWebAppArgs): string[] {
    const problems: string[] = [];
    const expect = (fits: boolean, field: string, expected: string, got: unknown) => {
        if (!fits) problems.push(`${field}: expected ${expected}, got ${String(got)}`);
    };
    const within = (value: number, { minimum, maximum }: { minimum: number; maximum: number }) =>
        Number.isInteger(value) && value >= minimum && value <= maximum;

    expect(parseImage(args.image) !== undefined, "image", imageForm, args.image);
    const { port = 8080, startTimeLimitSeconds = startTimeLimit.maximum } = args;
    expect(
        within(port, ports),
        "port",
        `a whole number from ${ports.minimum} to ${ports.maximum}`,
        port,
    );
    expect(
        within(startTimeLimitSeconds, startTimeLimit),
        "startTimeLimitSeconds",
        `a whole number from ${startTimeLimit.minimum} to ${startTimeLimit.maximum}`,
        startTimeLimitSeconds,
    );
    for (const field of ["healthCheckPath", "warmUpPath"] as const) {
        const path = args[field];
        expect(
            path === undefined || path.startsWith("/"),
            field,
            "a path that starts with /",
            path,
        );
    }
    for (const name of Object.keys(args.appSettings ?? {})) {
        const free = !reservedSettings.includes(name.toUpperCase());
        expect(free, "appSettings", "no name that another argument stands for", name);
    }
    for (const range of args.allowedIpRanges ?? []) {
        expect(
            toCidr(range) !== undefined,
            "allowedIpRanges",
            "IP addresses or CIDR ranges",
            range,
        );
    }
    return problems;
}

function siteConfig(args: ContainerWebAppArgs) {
    const tls = args.minTlsVersion ?? "1.2";
    const ranges = args.allowedIpRanges ?? [];
    return {
        linuxFxVersion: linuxFxVersion(args.image),
        appSettings: appSettings(args),
        alwaysOn: args.alwaysOn ?? true,
        healthCheckPath: args.healthCheckPath ?? "",
        http20Enabled: true,
        minTlsVersion: tls,
        scmMinTlsVersion: tls,
        ftpsState: "Disabled",
        remoteDebuggingEnabled: false,
        // Azure Container Registry knows the app by its identity: give that the role AcrPull.
        ...(!args.registry && isInAzure(parseImage(args.image)!)
            ? { acrUseManagedIdentityCreds: true }
            : {}),
        // Said even where there are none: Azure keeps what an update leaves out.
        ipSecurityRestrictionsDefaultAction: ranges.length > 0 ? "Deny" : "Allow",
        ipSecurityRestrictions: ranges.map((range, index) => ({
            name: `allowed-${index + 1}`,
            action: "Allow",
            priority: 100 + index,
            ipAddress: toCidr(range)!,
        })),
        scmIpSecurityRestrictionsUseMain: ranges.length > 0,
    };
}

/** In the app itself rather than beside it: the container's first start already has its port and password. */
function appSettings(args: ContainerWebAppArgs) {
    const warmUpPath = args.warmUpPath ?? args.healthCheckPath;
    const all: Record<string, pulumi.Input<string>> = {
        ...args.appSettings,
        ...containerSettings({
            port: args.port ?? 8080,
            startTimeLimitSeconds: args.startTimeLimitSeconds ?? startTimeLimit.maximum,
            warmUpPath,
            warmUpStatuses: args.warmUpStatuses ?? (warmUpPath ? "200" : undefined),
        }),
        ...(args.registry && {
            DOCKER_REGISTRY_SERVER_URL: registryUrl(parseImage(args.image)!),
            DOCKER_REGISTRY_SERVER_USERNAME: args.registry.username,
            DOCKER_REGISTRY_SERVER_PASSWORD: args.registry.password,
        }),
    };
    // Sorted: Azure keeps no order, and a moved entry would show as a change.
    return Object.keys(all)
        .sort()
        .map((name) => ({ name, value: all[name] }));
}
