import { useMutation, useQueryClient } from "@tanstack/react-query";
import Alert from "antd/es/alert";
import Button from "antd/es/button";
import Checkbox from "antd/es/checkbox";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Select from "antd/es/select";
import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import { formatOfFile } from "../../../../surveys/imports/format.ts";
import type { Imported } from "../../../../surveys/imports/report.ts";
import { address, call, post } from "../../api.ts";
import { IMPORT_WORDS } from "../../codes/imports.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useLocale, useWords, words } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import { type FindingShown, Findings } from "./editor/findings.tsx";
import { SHORT_NAME } from "./survey-forms.ts";
import { VOICE } from "./words.ts";

const IMPORT = words({
  en: {
    title: "Import questions",
    lead: "A SurveyJS file (.json), a LimeSurvey survey (.lss) or a list of questions (.csv). Nothing is kept before you make the survey.",
    choose: "Choose a file",
    read: "{file}: {n} questions were read.",
    left: "Not taken over as it stood",
    nothingLeft: "Everything in the file was understood.",
    says: "What the linter says",
    name: "What people call it",
    whole: "The whole",
    column: "Column {name}",
    row: "Row {name}",
  },
  "zh-CN": {
    title: "导入题目",
    lead: "SurveyJS 文件（.json）、LimeSurvey 问卷（.lss）或题目清单（.csv）。创建问卷前不会保存任何内容。",
    choose: "选择文件",
    read: "{file}：已读取 {n} 个题目。",
    left: "未按原样导入的内容",
    nothingLeft: "文件中的内容已全部识别。",
    says: "检查结果",
    name: "对外名称",
    whole: "整份问卷",
    column: "列 {name}",
    row: "第 {name} 行",
  },
  "zh-TW": {
    title: "匯入題目",
    lead: "SurveyJS 檔案（.json）、LimeSurvey 問卷（.lss）或題目清單（.csv）。建立問卷前不會儲存任何內容。",
    choose: "選擇檔案",
    read: "{file}：已讀取 {n} 個題目。",
    left: "未依原樣匯入的內容",
    nothingLeft: "檔案中的內容已全部識別。",
    says: "檢查結果",
    name: "對外名稱",
    whole: "整份問卷",
    column: "欄 {name}",
    row: "第 {name} 列",
  },
});

type Read = Imported & { readonly findings: readonly FindingShown[] };

const CLASSES = ["relational", "transactional", "research"] as const;

interface Wanted {
  readonly id: string;
  readonly name: string;
  readonly class: (typeof CLASSES)[number];
  readonly anonymous: boolean;
}

/** A short name made of what a file or a title is called. */
function shortNameOf(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return plain.slice(0, 63);
}

/** A survey of elsewhere: what was read of its file, what was not, and a draft made of it. */
export function ImportSurvey({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(IMPORT);
  const v = useWords(VOICE);
  const noteOf = useCodes(IMPORT_WORDS);
  const locale = useLocale();
  const { number } = useFormats();
  const navigate = useNavigate();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState("");
  const [wanted, setWanted] = useState<Wanted>({ id: "", name: "", class: "research", anonymous: false });
  const want = (more: Partial<Wanted>) => setWanted((before) => ({ ...before, ...more }));
  const reading = useMutation({
    mutationFn: (given: File) =>
      call<Read>(
        "POST",
        address("/v1/surveys/import", { format: formatOfFile(given.name), lang: locale }),
        given,
        {
          "content-type": "application/octet-stream",
        },
      ),
    onSuccess: ({ title }, given) => {
      setFile(given.name);
      want({ id: shortNameOf(given.name.replace(/\.[^.]*$/, "")), name: title === "" ? given.name : title });
    },
  });
  const making = useMutation({
    mutationFn: ({ name, ...plain }: Wanted) =>
      post<{ id: string }>("/v1/surveys", {
        ...reading.data?.document,
        ...plain,
        name: { en: name, "zh-CN": name, "zh-TW": name },
      }),
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ queryKey: ["list", "/v1/surveys"] });
      void navigate(`/console/surveys/${id}?tab=questions`);
    },
  });
  const read = reading.data;
  /** A question's code stands as it is; where a list or the whole survey is meant is said in words. */
  const placeOf = (place: string): string => {
    const [, what, name = ""] = /^(column|row) (.*)$/.exec(place) ?? [];
    if (place === "survey") return t.whole;
    return what === "column" || what === "row" ? t[what].replace("{name}", name) : place;
  };
  return (
    <Modal
      open
      width={720}
      title={t.title}
      okText={v.create}
      onCancel={onClose}
      okButtonProps={{
        disabled: read === undefined || !SHORT_NAME.test(wanted.id) || wanted.name.trim() === "",
        loading: making.isPending,
      }}
      onOk={() => making.mutate(wanted)}
    >
      <div className="stack">
        <p className="quiet">{t.lead}</p>
        <input
          ref={input}
          type="file"
          accept=".json,.lss,.csv,.tsv"
          hidden
          aria-label={t.choose}
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            if (chosen !== undefined) reading.mutate(chosen);
            // The same file, mended, may be chosen again.
            event.target.value = "";
          }}
        />
        <Button loading={reading.isPending} onClick={() => input.current?.click()}>
          {t.choose}
        </Button>
        <ProblemNote error={reading.error ?? making.error} />
        {read !== undefined && (
          <>
            <div role="status">
              {t.read.replace("{file}", file).replace("{n}", number(read.questions))}{" "}
              {read.notes.length === 0 && t.nothingLeft}
            </div>
            {read.notes.length > 0 && (
              <Alert
                type="warning"
                title={t.left}
                description={
                  <ul className="ed-findings">
                    {read.notes.map((note) => (
                      <li key={`${note.place} ${note.code}`}>
                        <strong>{placeOf(note.place)}</strong>: {noteOf(note.code)}
                      </li>
                    ))}
                  </ul>
                }
              />
            )}
            {read.findings.length > 0 && (
              <div>
                <strong>{t.says}</strong>
                <Findings findings={read.findings} named />
              </div>
            )}
            <Input
              value={wanted.id}
              maxLength={63}
              onChange={(event) => want({ id: event.target.value })}
              aria-label={v.id}
              addonBefore={v.id}
            />
            <Input
              value={wanted.name}
              maxLength={200}
              onChange={(event) => want({ name: event.target.value })}
              aria-label={t.name}
              addonBefore={t.name}
            />
            <Select
              value={wanted.class}
              onChange={(value) => want({ class: value })}
              aria-label={v.kind}
              options={CLASSES.map((value) => ({ value, label: v[value] }))}
            />
            <Checkbox
              checked={wanted.anonymous}
              onChange={(event) => want({ anonymous: event.target.checked })}
            >
              {v.anonymous}
            </Checkbox>
          </>
        )}
      </div>
    </Modal>
  );
}
