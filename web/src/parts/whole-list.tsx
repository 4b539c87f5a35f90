import Card from "antd/es/card";
import Input from "antd/es/input";
import type { ReactNode } from "react";
import { useWords } from "../i18n.ts";
import { rowHolds } from "./columns.ts";
import { Loaded } from "./page.tsx";
import { Rows, type RowsProps, SaveAsCsv } from "./rows.tsx";
import { useView } from "./view.ts";
import { PARTS } from "./words.ts";

/** From so many rows on there is something to search. */
const WORTH_SEARCHING = 6;

/**
 * A list that is short by its nature (purposes, people, sources) and comes as a whole: searched and sorted where it is
 * shown, both in the address.
 */
export function WholeList<T extends object>(
  props: RowsProps<T> & {
    readonly query: {
      readonly data: readonly T[] | undefined;
      readonly error: unknown;
      readonly isPending: boolean;
    };
    readonly filters?: ReactNode;
    /** The file name of the CSV. */
    readonly csv: string;
  },
) {
  const t = useWords(PARTS);
  const [read, write] = useView();
  const sought = read("q") ?? "";
  return (
    <Card styles={{ body: { padding: 16 } }}>
      <Loaded query={props.query}>
        {(all) => {
          const rows = sought === "" ? all : all.filter((row) => rowHolds(props.columns, row, sought));
          return (
            <div className="stack">
              {(all.length > 0 || props.filters !== undefined) && (
                <div className="row" style={{ justifyContent: "space-between" }}>
                  <div className="row">
                    {(all.length >= WORTH_SEARCHING || sought !== "") && (
                      <Input
                        type="search"
                        allowClear
                        aria-label={t.search}
                        placeholder={t.search}
                        value={sought}
                        onChange={(event) => write("q", event.target.value)}
                        style={{ width: 220 }}
                      />
                    )}
                    {props.filters}
                  </div>
                  {all.length > 0 && (
                    <SaveAsCsv<T> file={props.csv} columns={props.columns} all={() => rows} />
                  )}
                </div>
              )}
              <Rows<T>
                {...props}
                rows={rows}
                isLoading={false}
                empty={sought === "" ? props.empty : t.nothingFound}
              />
            </div>
          );
        }}
      </Loaded>
    </Card>
  );
}
