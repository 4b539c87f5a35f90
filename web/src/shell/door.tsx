import Card from "antd/es/card";
import type { ReactNode } from "react";
import { LanguageSwitch } from "./language.tsx";

/** What stands before the log-in: the mark, the language and one card. */
export function Door({ children }: { readonly children: ReactNode }) {
  return (
    <main className="door">
      <div className="door-card stack">
        <div className="row" style={{ justifyContent: "space-between" }}>
          <div className="brand" style={{ padding: 0 }}>
            <img src="/console-assets/mark.svg" alt="" /> Candor
          </div>
          <LanguageSwitch />
        </div>
        <Card>{children}</Card>
      </div>
    </main>
  );
}
