import Select from "antd/es/select";
import { useContext } from "react";
import { LANGUAGE_NAMES, LOCALES, LocaleContext, useWords } from "../i18n.ts";
import { SHELL } from "./words.ts";

export function LanguageSwitch() {
  const { locale, setLocale } = useContext(LocaleContext);
  const t = useWords(SHELL);
  return (
    <Select
      value={locale}
      onChange={setLocale}
      aria-label={t.language}
      variant="borderless"
      options={LOCALES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
      popupMatchSelectWidth={false}
    />
  );
}
