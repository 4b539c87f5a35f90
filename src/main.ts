import { startApp } from "./app.ts";
import { readConfig } from "./config.ts";

/** Serves with the settings of the environment until it is told to stop (SIGINT, SIGTERM). */
export async function serve(): Promise<void> {
  const running = await startApp({ config: readConfig() });
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await running.close();
}
