import Result from "antd/es/result";
import { Component, type ReactNode } from "react";
import { wordOf } from "../codes/code-words.ts";
import { PROBLEM_WORDS } from "../codes/problems.ts";
import { useLocale, useWords } from "../i18n.ts";
import { PARTS } from "./words.ts";

/** Keeps a page that fails from taking the menu with it. */
export class Caught extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const t = useWords(PARTS);
  return (
    <Result
      status="error"
      title={t.crashed}
      subTitle={wordOf(PROBLEM_WORDS, "internal-error", useLocale())}
    />
  );
}
