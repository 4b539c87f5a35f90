import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import AntApp from "antd/es/app";
import ConfigProvider from "antd/es/config-provider";
import { useEffect, useMemo, useState } from "react";
import { Route, Routes } from "react-router";
import type { Static } from "typebox";
import type { CurrentSession } from "../../../src/staff/staff.schema.ts";
import { call, get, Problem, setCsrf, whenLoggedOut } from "../api.ts";
import { firstLocale, keepLocale, type Locale, LocaleContext } from "../i18n.ts";
import { mayBeLoggedIn, noteLoggedIn, SessionContext } from "../session.ts";
import { Frame } from "./frame.tsx";
import { LogIn } from "./log-in.tsx";
import { SetUp } from "./set-up.tsx";
import { SignOn } from "./sign-on.tsx";
import { firstTheme, keepTheme, type ThemeChoice, themeOf, wantsStillness } from "./theme.ts";

const ANT_LOCALES = {
  en: () => import("antd/es/locale/en_GB"),
  "zh-CN": () => import("antd/es/locale/zh_CN"),
  "zh-TW": () => import("antd/es/locale/zh_TW"),
} as const;

type AntLocale = Awaited<ReturnType<(typeof ANT_LOCALES)["en"]>>["default"];

type Current = Static<typeof CurrentSession>;

/** Who is logged in; null when nobody is. */
async function whoAmI(): Promise<Current | null> {
  if (!mayBeLoggedIn()) return null;
  try {
    return await get<Current>("/v1/session");
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

const nonce = document.querySelector('meta[name="csp-nonce"]')?.getAttribute("content") ?? "";

/**
 * Stands in until the components' own words are there. Without any, everything below would be made anew when they come,
 * and what somebody had begun to type would be gone.
 */
const NOT_YET: AntLocale = { locale: "" };

/** Language, theme and session around everything. */
export function Shell() {
  const [locale, setLocale] = useState<Locale>(firstLocale);
  const [ant, setAnt] = useState<AntLocale>();
  const [choice, setChoice] = useState<ThemeChoice>(firstTheme);
  const [systemDark, setSystemDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const [isStill] = useState(wantsStillness);
  const isDark = choice === "dark" || (choice === "auto" && systemDark);

  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: dark)");
    const note = () => setSystemDark(media.matches);
    media.addEventListener("change", note);
    return () => media.removeEventListener("change", note);
  }, []);
  useEffect(() => {
    document.documentElement.lang = locale;
    let current = true;
    void ANT_LOCALES[locale]().then((found) => current && setAnt(found.default));
    return () => {
      current = false;
    };
  }, [locale]);
  useEffect(() => {
    document.documentElement.style.colorScheme = isDark ? "dark" : "light";
    document.body.style.background = isDark ? "#101615" : "#f5f6f4";
  }, [isDark]);

  const languages = useMemo(
    () => ({
      locale,
      setLocale: (next: Locale) => {
        keepLocale(next);
        setLocale(next);
      },
    }),
    [locale],
  );

  return (
    <LocaleContext.Provider value={languages}>
      <ConfigProvider
        theme={themeOf(isDark, isStill)}
        locale={ant ?? NOT_YET}
        {...(nonce === "" ? {} : { csp: { nonce } })}
      >
        <AntApp style={{ height: "100%" }}>
          <Routes>
            <Route path="/set-up" element={<SetUp />} />
            <Route path="/sign-on" element={<SignOn />} />
            <Route
              path="*"
              element={
                <Inside
                  theme={choice}
                  setTheme={(next) => {
                    keepTheme(next);
                    setChoice(next);
                  }}
                />
              }
            />
          </Routes>
        </AntApp>
      </ConfigProvider>
    </LocaleContext.Provider>
  );
}

/** Nothing that one person was shown stays for the next. */
function forgetAll(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
}

function Inside(props: { readonly theme: ThemeChoice; readonly setTheme: (next: ThemeChoice) => void }) {
  const client = useQueryClient();
  const [ended, setEnded] = useState(false);
  const current = useQuery({ queryKey: ["session"], queryFn: whoAmI, staleTime: 60_000 });
  useEffect(() => {
    if (current.isSuccess) noteLoggedIn(current.data !== null);
  }, [current.isSuccess, current.data]);
  useEffect(() => {
    whenLoggedOut(() => {
      setEnded(client.getQueryData(["session"]) != null);
      client.setQueryData(["session"], null);
    });
  }, [client]);

  if (current.isPending) return null;
  if (!current.data)
    return (
      <LogIn
        ended={ended}
        unreachable={current.isError}
        onLoggedIn={(data) => {
          setCsrf(data.csrf);
          setEnded(false);
          forgetAll(client);
          client.setQueryData(["session"], data);
        }}
      />
    );
  const { account, csrf } = current.data;
  setCsrf(csrf);
  return (
    <SessionContext.Provider
      value={{
        account,
        reload: () => void client.invalidateQueries({ queryKey: ["session"] }),
        logOut: () =>
          void call("DELETE", "/v1/session").finally(() => {
            forgetAll(client);
            client.setQueryData(["session"], null);
          }),
      }}
    >
      <Frame {...props} />
    </SessionContext.Provider>
  );
}
