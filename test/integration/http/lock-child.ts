import { lockDirectory } from "../../../src/db/directory-lock.ts";
import { AppError } from "../../../src/kernel/problems.ts";

// Waits for the word, tries to take the directory, says how it went, and keeps it until it is told to let go.
const directory = process.argv[2] as string;
process.send?.("ready");
process.on("message", async (word) => {
  if (word === "exit") process.exit(0);
  try {
    await lockDirectory(directory);
    process.send?.("held");
  } catch (error) {
    process.send?.(error instanceof AppError ? error.code : String(error));
  }
});
