import { isJson, type Json, listOf, pagesOf } from "../../../../../surveys/definitions/definition.ts";
import { type Place, pointerOf } from "./places.ts";

/** A page, a panel or a question, where it stands and what stands in it. */
export interface Node {
  readonly kind: "page" | "panel" | "question";
  readonly place: Place;
  readonly element: Json;
  readonly name: string;
  readonly type: string;
  readonly inner: readonly Node[];
}

/** Keys under which a page or a panel holds its elements; SurveyJS still reads the second, older one. */
const LISTS = ["elements", "questions"] as const;

function innerOf(holder: Json, place: Place): readonly Node[] {
  const lists = holder.type === "paneldynamic" ? (["templateElements"] as const) : LISTS;
  return lists.flatMap((key) =>
    listOf(holder[key]).flatMap((element, i): Node[] => {
      if (!isJson(element)) return [];
      const here = [...place, key, i];
      const type = typeof element.type === "string" ? element.type : "text";
      const holds = type === "panel" || type === "paneldynamic";
      return [
        {
          kind: type === "panel" ? "panel" : "question",
          place: here,
          element,
          name: String(element.name ?? ""),
          type,
          inner: holds ? innerOf(element, here) : [],
        },
      ];
    }),
  );
}

/** Everything of a definition in reading order. One that lists its elements directly is a single page, which is it. */
export function outlineOf(definition: Json): readonly Node[] {
  const listed = listOf(definition.pages).some(isJson);
  if (!listed) {
    const [page = {}] = pagesOf(definition);
    return [
      {
        kind: "page",
        place: [],
        element: page,
        name: String(page.name ?? ""),
        type: "page",
        inner: innerOf(definition, []),
      },
    ];
  }
  return listOf(definition.pages).flatMap((page, i): Node[] => {
    if (!isJson(page)) return [];
    const place = ["pages", i];
    return [
      {
        kind: "page",
        place,
        element: page,
        name: String(page.name ?? ""),
        type: "page",
        inner: innerOf(page, place),
      },
    ];
  });
}

/** All nodes in reading order, each before what stands in it. */
export function flat(nodes: readonly Node[]): readonly Node[] {
  return nodes.flatMap((node) => [node, ...flat(node.inner)]);
}

/** The node that a finding of the linter speaks of: by the question's name, else the innermost one around its place. */
export function nodeOf(
  nodes: readonly Node[],
  finding: { readonly question: string | null; readonly path: string | null },
): Node | null {
  const all = flat(nodes);
  if (finding.question !== null)
    return all.find((n) => n.kind !== "page" && n.name === finding.question) ?? null;
  if (finding.path === null) return null;
  const path = `${finding.path}/`;
  const around = all.filter((n) => n.place.length > 0 && path.startsWith(`${pointerOf(n.place)}/`));
  return around.at(-1) ?? null;
}
