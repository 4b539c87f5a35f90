import { createContext, useContext } from "react";
import type { Static } from "typebox";
import type { Account as AccountSchema } from "../../src/staff/staff.schema.ts";

/** Whoever is logged in, as the server shows an account. */
export type Account = Static<typeof AccountSchema>;

export interface SessionValue {
  readonly account: Account;
  readonly logOut: () => void;
  readonly reload: () => void;
}

export const SessionContext = createContext<SessionValue | null>(null);

/** The session; only pages behind the log-in ask. */
export function useSession(): SessionValue {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("this page is shown only to people who have logged in");
  return session;
}

const STORE = "candor-logged-in";

/** Whether it is worth asking the server who is logged in: scripts cannot see the session's cookie. */
export function mayBeLoggedIn(): boolean {
  return localStorage.getItem(STORE) !== null;
}

export function noteLoggedIn(isLoggedIn: boolean): void {
  if (isLoggedIn) localStorage.setItem(STORE, "1");
  else localStorage.removeItem(STORE);
}
