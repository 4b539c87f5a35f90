import LogoutOutlined from "@ant-design/icons/es/icons/LogoutOutlined";
import MenuOutlined from "@ant-design/icons/es/icons/MenuOutlined";
import UserOutlined from "@ant-design/icons/es/icons/UserOutlined";
import Button from "antd/es/button";
import Drawer from "antd/es/drawer";
import Dropdown from "antd/es/dropdown";
import useBreakpoint from "antd/es/grid/hooks/useBreakpoint";
import Layout from "antd/es/layout";
import Menu from "antd/es/menu";
import Result from "antd/es/result";
import Skeleton from "antd/es/skeleton";
import { type ComponentType, lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Link, Navigate, Route, Routes, useLocation } from "react-router";
import { type Page, SECTIONS } from "../areas/area.ts";
import { PAGES } from "../areas/pages.tsx";
import { useLocale, useWords } from "../i18n.ts";
import { Caught } from "../parts/caught.tsx";
import { useSession } from "../session.ts";
import { LanguageSwitch } from "./language.tsx";
import type { ThemeChoice } from "./theme.ts";
import { SHELL } from "./words.ts";

const loaded = new Map<Page, ComponentType>();
function componentOf(page: Page): ComponentType {
  let found = loaded.get(page);
  if (found === undefined) {
    found = lazy(async () => ({ default: (await page.load()).Page }));
    loaded.set(page, found);
  }
  return found;
}

/** Lets people without a mouse scroll wide tables: whatever scrolls can be focused (WCAG 2.1 §2.1.1). */
function useScrollableTables(): void {
  useEffect(() => {
    const mark = () => {
      for (const box of document.querySelectorAll<HTMLElement>(".ant-table-content")) {
        if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
        else box.removeAttribute("tabindex");
      }
    };
    const observer = new MutationObserver(mark);
    observer.observe(document.body, { childList: true, subtree: true });
    window.addEventListener("resize", mark);
    return () => {
      observer.disconnect();
      window.removeEventListener("resize", mark);
    };
  }, []);
}

/** Menu, header and the page. */
export function Frame(props: {
  readonly theme: ThemeChoice;
  readonly setTheme: (next: ThemeChoice) => void;
}) {
  useScrollableTables();
  const t = useWords(SHELL);
  const locale = useLocale();
  const { account, logOut } = useSession();
  const { pathname, search } = useLocation();
  const isWide = useBreakpoint().lg ?? true;
  const [open, setOpen] = useState(false);
  const pages = useMemo(
    () => PAGES.filter((page) => account.role === "admin" || page.roles.includes(account.role)),
    [account.role],
  );
  const here = pathname.replace(/^\/console\//, "");
  const shown = pages
    .filter((page) => page.menu !== undefined && (here === page.path || here.startsWith(`${page.path}/`)))
    .map((page) => page.path);

  const items = SECTIONS.flatMap((section) => {
    const own = pages
      .filter((page) => page.menu?.section === section)
      .sort((a, b) => (a.menu?.order ?? 0) - (b.menu?.order ?? 0));
    if (own.length === 0) return [];
    return [
      {
        type: "group" as const,
        key: section,
        label: t[section],
        children: own.map((page) => ({
          key: page.path,
          icon: page.menu?.icon,
          label: <Link to={`/console/${page.path}`}>{page.menu?.label[locale]}</Link>,
        })),
      },
    ];
  });
  const menu = (
    <nav aria-label={t.menu}>
      <Link to="/" className="brand" style={{ color: "inherit", textDecoration: "none" }}>
        <img src="/console-assets/mark.svg" alt="" /> Candor
      </Link>
      <Menu
        mode="inline"
        selectedKeys={shown}
        items={items}
        style={{ border: 0, padding: "0 8px 24px", background: "transparent" }}
        onClick={() => setOpen(false)}
      />
    </nav>
  );
  const themes: readonly ThemeChoice[] = ["auto", "light", "dark"];

  return (
    <Layout style={{ minHeight: "100%" }}>
      <a className="skip" href="#main">
        {t.skip}
      </a>
      {isWide ? (
        <Layout.Sider
          width={232}
          theme="light"
          style={{
            position: "sticky",
            top: 0,
            height: "100vh",
            overflowY: "auto",
            borderInlineEnd: "1px solid rgba(128,128,128,.18)",
          }}
        >
          {menu}
        </Layout.Sider>
      ) : (
        <Drawer
          open={open}
          onClose={() => setOpen(false)}
          placement="left"
          size={264}
          styles={{ body: { padding: 0 } }}
        >
          {menu}
        </Drawer>
      )}
      <Layout>
        <Layout.Header
          style={{
            height: 56,
            lineHeight: "56px",
            padding: "0 16px",
            display: "flex",
            alignItems: "center",
            gap: 8,
            position: "sticky",
            top: 0,
            zIndex: 10,
            borderBottom: "1px solid rgba(128,128,128,.18)",
          }}
        >
          {!isWide && (
            <Button type="text" icon={<MenuOutlined />} aria-label={t.menu} onClick={() => setOpen(true)} />
          )}
          <span style={{ flex: 1 }} />
          <LanguageSwitch />
          <Dropdown
            trigger={["click"]}
            menu={{
              items: [
                {
                  key: "account",
                  icon: <UserOutlined />,
                  label: <Link to="/console/account">{t.account}</Link>,
                },
                { type: "divider" },
                {
                  type: "group",
                  key: "theme",
                  label: t.theme,
                  children: themes.map((key) => ({
                    key,
                    label: `${props.theme === key ? "● " : ""}${t[key]}`,
                  })),
                },
                { type: "divider" },
                { key: "log-out", icon: <LogoutOutlined />, label: t.logOut },
              ],
              onClick: ({ key }) => {
                if (key === "log-out") logOut();
                if (key === "auto" || key === "light" || key === "dark") props.setTheme(key);
              },
            }}
          >
            <Button type="text" icon={<UserOutlined />}>
              {isWide ? account.name : null}
            </Button>
          </Dropdown>
        </Layout.Header>
        <Layout.Content id="main" role="main" tabIndex={-1} data-at={pathname + search}>
          <Caught key={pathname}>
            <Suspense
              fallback={
                <div className="page">
                  <Skeleton active />
                </div>
              }
            >
              <Routes>
                <Route path="/" element={<Navigate to="/console/home" replace />} />
                <Route path="/console" element={<Navigate to="/console/home" replace />} />
                {pages.map((page) => {
                  const Shown = componentOf(page);
                  return <Route key={page.path} path={`/console/${page.path}`} element={<Shown />} />;
                })}
                <Route
                  path="*"
                  element={
                    <Result
                      status="404"
                      title={t.notFound}
                      subTitle={t.notFoundText}
                      extra={<Link to="/">{t.home}</Link>}
                    />
                  }
                />
              </Routes>
            </Suspense>
          </Caught>
        </Layout.Content>
      </Layout>
    </Layout>
  );
}
