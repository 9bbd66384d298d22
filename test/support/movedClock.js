// Loaded by `node --require`: moves the clock of a process by MOVED_CLOCK_DAYS.
"use strict";

const shift = Number(process.env.MOVED_CLOCK_DAYS) * 24 * 60 * 60 * 1000;
const RealDate = Date;

globalThis.Date = class extends RealDate {
    /** @param {any[]} args */
    constructor(...args) {
        // @ts-expect-error: an array in the place of the overloads.
        super(...(args.length === 0 ? [RealDate.now() + shift] : args));
    }
    static now() {
        return RealDate.now() + shift;
    }
};
