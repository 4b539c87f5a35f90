import Select from "antd/es/select";
import { useContext } from "react";
import { LOCALES, LocaleContext, useWords } from "../i18n.ts";
import { SHELL } from "./words.ts";

const NAMES = { en: "English", "zh-CN": "简体中文", "zh-TW": "繁體中文" } as const;

export function LanguageSwitch() {
  const { locale, setLocale } = useContext(LocaleContext);
  const t = useWords(SHELL);
  return (
    <Select
      value={locale}
      onChange={setLocale}
      aria-label={t.language}
      variant="borderless"
      options={LOCALES.map((value) => ({ value, label: NAMES[value] }))}
      popupMatchSelectWidth={false}
    />
  );
}
