/**
 * Azure regions of the public cloud: the name that the API uses and the one that people read.
 * Source: learn.microsoft.com/azure/reliability/regions-list and `az account list-locations`.
 */
const displayNames: Readonly<Record<string, string>> = {
    australiacentral: "Australia Central",
    australiacentral2: "Australia Central 2",
    australiaeast: "Australia East",
    australiasoutheast: "Australia Southeast",
    austriaeast: "Austria East",
    belgiumcentral: "Belgium Central",
    brazilsouth: "Brazil South",
    brazilsoutheast: "Brazil Southeast",
    canadacentral: "Canada Central",
    canadaeast: "Canada East",
    centralindia: "Central India",
    centralus: "Central US",
    chilecentral: "Chile Central",
    eastasia: "East Asia",
    eastus: "East US",
    eastus2: "East US 2",
    francecentral: "France Central",
    francesouth: "France South",
    germanynorth: "Germany North",
    germanywestcentral: "Germany West Central",
    indonesiacentral: "Indonesia Central",
    israelcentral: "Israel Central",
    italynorth: "Italy North",
    japaneast: "Japan East",
    japanwest: "Japan West",
    jioindiacentral: "Jio India Central",
    jioindiawest: "Jio India West",
    koreacentral: "Korea Central",
    koreasouth: "Korea South",
    malaysiawest: "Malaysia West",
    mexicocentral: "Mexico Central",
    newzealandnorth: "New Zealand North",
    northcentralus: "North Central US",
    northeurope: "North Europe",
    norwayeast: "Norway East",
    norwaywest: "Norway West",
    polandcentral: "Poland Central",
    qatarcentral: "Qatar Central",
    southafricanorth: "South Africa North",
    southafricawest: "South Africa West",
    southcentralus: "South Central US",
    southeastasia: "Southeast Asia",
    southindia: "South India",
    spaincentral: "Spain Central",
    swedencentral: "Sweden Central",
    switzerlandnorth: "Switzerland North",
    switzerlandwest: "Switzerland West",
    uaecentral: "UAE Central",
    uaenorth: "UAE North",
    uksouth: "UK South",
    ukwest: "UK West",
    westcentralus: "West Central US",
    westeurope: "West Europe",
    westindia: "West India",
    westus: "West US",
    westus2: "West US 2",
    westus3: "West US 3",
};

/** Names of all regions, as the API spells them. */
export const regions: readonly string[] = Object.keys(displayNames);

/** Azure ignores case and spaces in a region: `West Europe` is `westeurope`. */
export function normalizeRegion(region: string): string {
    return region.replaceAll(/\s/g, "").toLowerCase();
}

export function isRegion(region: string): boolean {
    return Object.hasOwn(displayNames, normalizeRegion(region));
}

/** What App Service answers as `location`; a region that is not in the table answers as it is. */
export function regionDisplayName(region: string): string {
    return isRegion(region) ? displayNames[normalizeRegion(region)]! : region;
}
