import { normalizeRegion } from "../../azure/regions";
import { texts } from "../options";
import { rule } from "../rule";
import { isAbsent, list, type Reader, shown } from "../values";

/** Where Azure keeps what belongs to no region. */
const everywhere = "global";

/** Places beside `location` where resources name regions that hold data too. */
const replicas: readonly (readonly [list: string, region: string])[] = [
    ["locations", "locationName"], // Cosmos DB
    ["additionalLocations", "location"], // API Management
    ["publishingProfile.targetRegions", "name"], // image galleries
];

/** Everything that has a location is in an allowed region. */
export const regionAllowList = rule({
    id: "region-allow-list",
    description: "A resource must be in an allowed region.",
    types: "azure",
    severity: "high",
    level: "mandatory",
    control: "AM-2",
    why: "Where data lies decides which law holds for it, and how long a request travels.",
    fix: 'location: "<one of these>"',
    setting: "pulumi config set location <one of these>",
    peers: ["Azure Policy e56962a6", "Azure Policy e765b5de", "PSRule AZR-000167"],
    options: {
        listOfAllowedLocations: texts(
            ["westeurope"],
            "Allowed regions; case and spaces do not matter.",
        ),
        globalTypes: texts(
            [
                "monitor:ActionGroup",
                "monitor:ActivityLogAlert",
                "monitor:MetricAlert",
                "alertsmanagement:SmartDetectorAlertRule",
                "dns:Zone",
                "privatedns:PrivateZone",
                "privatedns:VirtualNetworkLink",
                "trafficmanager:Profile",
                "cdn:Profile",
                "communication:CommunicationService",
                "botservice:Bot",
            ],
            'Types that may be in "global", as they belong to no region.',
        ),
    },
    check({ type, props, options, violation }) {
        const allowed = options.listOfAllowedLocations.map(normalizeRegion);
        const judge = (from: Reader, path: string) => {
            const found = from.read(path);
            // Children and extensions are where their parent is, and have no location of their own.
            if (!found.known || found.value === undefined || found.value === null) return;
            const region = typeof found.value === "string" ? normalizeRegion(found.value) : "";
            if (allowed.includes(region)) return;
            if (region === everywhere && options.globalTypes.includes(type.name)) return;
            violation({
                where: from.part(path).where,
                is: isAbsent(found.value) ? "empty" : shown(found.value),
                allowed: list(options.listOfAllowedLocations),
            });
        };
        judge(props, "location");
        if (type.name === "machinelearningservices:Compute")
            judge(props, "properties.computeLocation");
        for (const [places, region] of replicas) {
            for (const place of props.each(places)) judge(place, region);
        }
    },
});
