import DeleteOutlined from "@ant-design/icons/es/icons/DeleteOutlined";
import PlusOutlined from "@ant-design/icons/es/icons/PlusOutlined";
import AutoComplete from "antd/es/auto-complete";
import Button from "antd/es/button";
import Input from "antd/es/input";
import Select from "antd/es/select";
import { useState } from "react";
import type { FieldRule, FileMapping, RowEvent } from "../../../../pipelines/mapping/mapping.schema.ts";
import { ROW_FIELDS } from "../../../../pipelines/mapping/row-fields.ts";
import { IDENTIFIER_TARGETS, TRAIT_TARGETS } from "../../../../pipelines/mapping/targets.ts";
import { ROW_FIELD_WORDS } from "../../codes/row-fields.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useWords } from "../../i18n.ts";
import { MAPPING } from "./words-mapping.ts";

/** What a row of a source's files tells of, unless its mapping says otherwise. */
const EVENT_OF: Readonly<Record<string, RowEvent>> = { pos: "sale", members: "member", survey: "survey" };

/** Settings of a whole file that are one short text each. */
const SETTINGS = ["separator", "encoding", "timeZone", "decimal", "currency"] as const;

/**
 * A mapping as a form: which column fills which field, and how the file writes times and amounts. What the form does not
 * show (transforms, conditions, rows left out) stays as it is and is written as JSON.
 */
export function MappingForm(props: {
  readonly mapping: FileMapping;
  readonly sourceKind: string;
  /** The columns of the file that was tried last. */
  readonly columns: readonly string[];
  /** What well-known column names led to in that file; used until the mapping names its own fields. */
  readonly found: FileMapping["fields"];
  readonly readOnly: boolean;
  readonly onChange: (next: FileMapping) => void;
}) {
  const t = useWords(MAPPING);
  const fieldOf = useCodes(ROW_FIELD_WORDS);
  const [adding, setAdding] = useState<string | null>(null);
  const { mapping } = props;
  const event = mapping.event ?? EVENT_OF[props.sourceKind] ?? "track";
  const fields = mapping.fields ?? props.found ?? {};
  const known = [...ROW_FIELDS[event], ...Object.keys(IDENTIFIER_TARGETS), ...TRAIT_TARGETS];
  const free = [...new Set(known)].filter((field) => !Object.hasOwn(fields, field));
  const columns = props.columns.map((value) => ({ value }));
  const write = (next: Readonly<Record<string, string | FieldRule>>) =>
    props.onChange({ ...mapping, fields: { ...next } });
  const set = (field: string, column: string) => {
    const rule = fields[field];
    write({ ...fields, [field]: typeof rule === "object" ? { ...rule, column } : column });
  };
  const without = (field: string) => Object.fromEntries(Object.entries(fields).filter(([f]) => f !== field));
  const setting = (name: (typeof SETTINGS)[number], value: string) => {
    const { [name]: _old, ...rest } = mapping;
    props.onChange((value === "" ? rest : { ...rest, [name]: value }) as FileMapping);
  };
  return (
    <div className="stack">
      {mapping.fields === undefined && (
        <p className="quiet" style={{ margin: 0 }}>
          {props.found === undefined ? t.byNames : t.byNamesFound}
        </p>
      )}
      <div className="scroll">
        <table className="plain" aria-label={t.fields}>
          <thead>
            <tr>
              <th scope="col">{t.field}</th>
              <th scope="col">{t.column}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {Object.entries(fields).map(([field, rule]) => {
              const column = typeof rule === "string" ? rule : rule.column;
              const name = fieldOf(field);
              return (
                <tr key={field}>
                  <th scope="row">{name}</th>
                  <td>
                    {column === undefined ? (
                      <span className="quiet">{t.inJson}</span>
                    ) : (
                      <AutoComplete
                        aria-label={`${t.column}: ${name}`}
                        value={column}
                        options={columns}
                        disabled={props.readOnly}
                        onChange={(value: string) => set(field, value)}
                        style={{ width: "min(220px, 40vw)" }}
                      />
                    )}
                  </td>
                  <td>
                    {!props.readOnly && (
                      <Button
                        type="text"
                        size="small"
                        icon={<DeleteOutlined />}
                        aria-label={`${t.remove}: ${name}`}
                        onClick={() => write(without(field))}
                      />
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {!props.readOnly && (
        <div className="row">
          <Select
            aria-label={t.add}
            placeholder={t.add}
            showSearch={{ optionFilterProp: "label" }}
            value={adding}
            onChange={setAdding}
            options={free.map((value) => ({ value, label: fieldOf(value) }))}
            style={{ width: 220 }}
          />
          <Button
            icon={<PlusOutlined />}
            disabled={adding === null}
            onClick={() => {
              if (adding !== null) write({ ...fields, [adding]: "" });
              setAdding(null);
            }}
          >
            {t.addField}
          </Button>
        </div>
      )}
      <div className="grid">
        {SETTINGS.map((name) => (
          <div key={name}>
            <div className="quiet">{t[name]}</div>
            <Input
              aria-label={t[name]}
              value={mapping[name] ?? ""}
              placeholder={t.asUsual}
              disabled={props.readOnly}
              onChange={(given) => setting(name, given.target.value)}
            />
          </div>
        ))}
        <div>
          <div className="quiet">{t.dateFormats}</div>
          <Select
            aria-label={t.dateFormats}
            mode="tags"
            open={false}
            suffixIcon={null}
            value={mapping.dateFormats ?? []}
            placeholder="dd/MM/yyyy HH:mm"
            disabled={props.readOnly}
            onChange={(dateFormats: string[]) => {
              const { dateFormats: _old, ...rest } = mapping;
              props.onChange(dateFormats.length === 0 ? rest : { ...rest, dateFormats });
            }}
            style={{ width: "100%" }}
          />
        </div>
      </div>
    </div>
  );
}
