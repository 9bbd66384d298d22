/** The installed Chromium, to look at pages with: no console error and no request may go unnoticed. */
import * as fs from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

const candidates = [
    process.env.CHROMIUM,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

export async function startChromium(): Promise<Browser> {
    const executablePath = candidates.find((file) => file && fs.existsSync(file));
    if (!executablePath) {
        throw new Error(
            "Chromium is needed to look at the page: apt-get install chromium, or name one in CHROMIUM.",
        );
    }
    // Loaded here: it takes a while, and most tests do not need it.
    const { chromium } = await import("playwright-core");
    // Root, as which pipelines run, has no sandbox; the page is ours.
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    return chromium.launch({ executablePath, args });
}

/** What happened while a page was open, beside showing it. */
export interface Noise {
    readonly requests: string[];
    readonly messages: string[];
}

export async function open(
    browser: Browser,
    file: string,
    options: BrowserContextOptions = {},
): Promise<{ page: Page; noise: Noise }> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const noise: Noise = { requests: [], messages: [] };
    page.on("request", (request) => noise.requests.push(request.url()));
    page.on("console", (message) => noise.messages.push(message.text()));
    page.on("pageerror", (error) => noise.messages.push(String(error)));
    await page.goto(`file://${file}`);
    return { page, noise };
}
