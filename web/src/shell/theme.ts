import type { ThemeConfig } from "antd/es/config-provider/context";
import theme from "antd/es/theme";

export type ThemeChoice = "auto" | "light" | "dark";
const STORE = "candor-theme";

export function firstTheme(): ThemeChoice {
  const kept = localStorage.getItem(STORE);
  return kept === "light" || kept === "dark" ? kept : "auto";
}

export function keepTheme(choice: ThemeChoice): void {
  localStorage.setItem(STORE, choice);
}

/** Darker than antd's own, so that text in tags and on buttons keeps 4.5:1 (WCAG 2.1 §1.4.3). */
const LIGHT_COLOURS = {
  colorError: "#b91c1c",
  green: "#1c6b16",
  orange: "#a83a00",
  red: "#a8131f",
  blue: "#0a4fb8",
  gold: "#7a5200",
  purple: "#5b21a6",
  geekblue: "#1d3bb3",
  // Seeds this dark would give muddy grounds: the grounds of tags are stated.
  green1: "#e3f3e1",
  "green-1": "#e3f3e1",
  orange1: "#fdeedd",
  "orange-1": "#fdeedd",
  red1: "#fde7e8",
  "red-1": "#fde7e8",
  blue1: "#e4eefc",
  "blue-1": "#e4eefc",
  gold1: "#f9f0d9",
  "gold-1": "#f9f0d9",
  purple1: "#f0e8fb",
  "purple-1": "#f0e8fb",
  geekblue1: "#e6eafb",
  "geekblue-1": "#e6eafb",
} as const;

/** Whether whoever looks has asked their system for less motion (WCAG 2.1 §2.3.3). */
export function wantsStillness(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Candor's colours. Contrast is checked by axe on every page, light and dark. `isStill`: nothing slides, grows or fades. */
export function themeOf(isDark: boolean, isStill: boolean): ThemeConfig {
  return {
    algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: isDark ? "#15796c" : "#0f6e63",
      colorInfo: isDark ? "#15796c" : "#0f6e63",
      ...(isDark
        ? { colorError: "#ff8a80", orange: "#ffb86b", blue: "#8fbcff", green: "#8fe0a0" }
        : LIGHT_COLOURS),
      colorLink: isDark ? "#5cc9bb" : "#0b6257",
      colorBgLayout: isDark ? "#101615" : "#f5f6f4",
      colorTextDescription: isDark ? "#a9b4b1" : "#55605d",
      colorTextTertiary: isDark ? "#a9b4b1" : "#5a6562",
      colorTextPlaceholder: isDark ? "#95a09d" : "#69736f",
      borderRadius: 8,
      fontFamily: "inherit",
      ...(isStill ? { motion: false, motionUnit: 0, motionBase: 0 } : {}),
    },
    components: {
      Layout: { siderBg: isDark ? "#151c1b" : "#ffffff", headerBg: isDark ? "#151c1b" : "#ffffff" },
      Menu: {
        itemBorderRadius: 8,
        activeBarBorderWidth: 0,
        itemSelectedBg: isDark ? "#17362f" : "#e2f0ec",
        itemSelectedColor: isDark ? "#7fdccf" : "#0b4f46",
      },
      ...(isDark ? { Button: { dangerColor: "#1a1010" } } : {}),
      Tabs: isDark
        ? {
            itemSelectedColor: "#7fdccf",
            itemHoverColor: "#7fdccf",
            itemActiveColor: "#7fdccf",
            inkBarColor: "#5cc9bb",
          }
        : {},
      Table: { headerBg: isDark ? "#1a2321" : "#f0f3f1" },
    },
  };
}
