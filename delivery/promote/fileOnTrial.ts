/** The file of a stack's settings while a promotion tries other ones: whatever happens, the old ones can be had. */
import * as fs from "node:fs";
import * as path from "node:path";
import { stackFileName } from "../../engine/pack";
import { UserError } from "../../engine/userError";
import { replaceFile } from "../replaceFile";

/** Ending of the copy that is kept until the promotion is over. */
const ending = ".before-promotion";

/** Exit code of a command that Ctrl-C ended, as shells have it. */
export const interrupted = 130;

export class FileOnTrial {
    /** As it was before the promotion. */
    readonly original: string;
    private readonly copy: string;
    private copied = false;
    private readonly onExit = () => {
        this.restore();
        process.stderr.write(`${this.name} is as it was before the promotion.\n`);
        // Ctrl-C at a question ends Node.js as if all were well.
        process.exitCode ||= interrupted;
    };

    private constructor(
        readonly file: string,
        private readonly stack: string,
    ) {
        this.copy = `${file}${ending}`;
        this.original = fs.readFileSync(file, "utf8");
    }

    /**
     * Opens the file of a stack.
     *
     * @throws UserError where there is none, or where an earlier promotion was cut off.
     */
    static open(project: string, stack: string): FileOnTrial {
        const file = path.join(project, stackFileName(stack));
        if (!fs.existsSync(file)) {
            throw new UserError(
                `${path.basename(file)} is missing. Copy that of another environment and adapt it.`,
            );
        }
        const opened = new FileOnTrial(file, stack);
        opened.refuseCutOff();
        return opened;
    }

    get name(): string {
        return path.basename(this.file);
    }

    private refuseCutOff(): void {
        if (!fs.existsSync(this.copy)) return;
        const copy = path.basename(this.copy);
        throw new UserError(
            `An earlier promotion to "${this.stack}" was cut off, or is still under way. ${this.name} holds what it ` +
                `promoted, ${copy} what was there before.\n` +
                `To go back:  mv ${copy} ${this.name} && npm run up -- --stack ${this.stack}\n` +
                `Then promote again, if you wish.`,
        );
    }

    /** Writes other settings, having kept the old ones. They come back unless {@link keep} is called. */
    write(text: string): void {
        if (!this.copied) {
            this.refuseCutOff();
            if (fs.readFileSync(this.file, "utf8") !== this.original) {
                throw new UserError(
                    `${this.name} was changed while the promotion began. Nothing was promoted; run it again.`,
                );
            }
            fs.copyFileSync(this.file, this.copy, fs.constants.COPYFILE_EXCL);
            this.copied = true;
            process.on("exit", this.onExit);
        }
        replaceFile(this.file, text);
    }

    /** Leaves the file as it was last written. */
    keep(): void {
        process.off("exit", this.onExit);
        this.copied = false;
        fs.rmSync(this.copy, { force: true });
    }

    /** Puts the file back as it was. */
    restore(): void {
        process.off("exit", this.onExit);
        if (this.copied) fs.renameSync(this.copy, this.file);
        this.copied = false;
    }
}
