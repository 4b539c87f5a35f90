import { say, useWords } from "../../i18n.ts";
import { PageBody } from "../../parts/page.tsx";
import { useSession } from "../../session.ts";
import { Alarms } from "./alarms.tsx";
import { CasesByClock } from "./cases.tsx";
import { Deadlines } from "./deadlines.tsx";
import { Overview } from "./overview.tsx";
import { VoiceFigures } from "./voice.tsx";
import { HOME } from "./words.ts";

/** What needs somebody today, by role: what runs out first stands first. */
export function HomePage() {
  const t = useWords(HOME);
  const { account } = useSession();
  const is = (...roles: readonly string[]) => roles.includes(account.role);
  const isStore = account.role === "store";
  return (
    <PageBody
      title={say(t.hello, { name: account.name })}
      lead={isStore ? say(t.store, { stores: account.stores.join(", ") || "–" }) : t.lead}
    >
      <div className="stack">
        {is("admin", "compliance", "auditor") && <Deadlines />}
        {is("admin", "compliance", "auditor") && <Alarms />}
        {is("admin", "cx", "analyst") && <VoiceFigures />}
        {is("admin", "cx", "store") && <CasesByClock />}
        {!isStore && <Overview />}
      </div>
    </PageBody>
  );
}
