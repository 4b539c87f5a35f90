import { html, type Markup, say } from "../../src/i18n/index.ts";
import { choiceToken } from "../answering/form.ts";
import type { Block, Choice, Input, QuestionBlock } from "../answering/view.ts";
import type { SurveyWords } from "./words.ts";

/** What fields are written with. */
export interface FieldContext {
  readonly words: SurveyWords;
  /** Questions whose answers did not fit at all, by name. */
  readonly broken: ReadonlySet<string>;
}

/** The blocks of a page: texts, panels and questions, each a group of plain form fields. */
export function blocksMarkup(blocks: readonly Block[], context: FieldContext): readonly Markup[] {
  const one = (block: Block): Markup => {
    switch (block.kind) {
      case "text":
        return html`<div class="words">${block.paragraphs.map((p) => html`<p>${p}</p>`)}</div>`;
      case "image":
        return html`<img class="picture" src="${block.source}" alt="${block.text}">`;
      case "panel":
        return html`<section class="panel">${block.title === "" ? null : html`<h2>${block.title}</h2>`}${
          block.description === "" ? null : html`<p class="hint">${block.description}</p>`
        }${blocksMarkup(block.blocks, context)}</section>`;
      case "question":
        return questionMarkup(block, context);
    }
  };
  return blocks.map(one);
}

/** Input kinds made of one control, which a label can name; the others are a group with a legend. */
function isSingle(input: Input): boolean {
  return (
    input.kind === "text" ||
    input.kind === "comment" ||
    input.kind === "list" ||
    (input.kind === "slider" && input.values.length === 1)
  );
}

function questionMarkup(question: QuestionBlock, context: FieldContext): Markup {
  const { path, input } = question;
  const { words } = context;
  const faults = context.broken.has(question.name) ? [words.fault] : question.errors;
  const described = [
    ...(question.description === "" ? [] : [`${path}-d`]),
    ...(faults.length === 0 ? [] : [`${path}-e`]),
  ].join(" ");
  const attributes = html`${described === "" ? null : html` aria-describedby="${described}"`}${
    faults.length === 0 ? null : html` aria-invalid="true"`
  }`;
  const heading = html`${question.title}${
    question.required ? html` <span class="needed">${words.required}</span>` : null
  }`;
  const beside = html`${question.description === "" ? null : html`<p class="hint" id="${path}-d">${question.description}</p>`}${
    faults.length === 0
      ? null
      : html`<p class="fault" id="${path}-e">${faults.map((f) => html`<span>${f}</span>`)}</p>`
  }`;
  const control = inputMarkup(input, path, { ...context, attributes, title: question.title });
  const comment =
    question.comment === null
      ? null
      : html`<label class="other"${question.comment.onlyOther ? html` data-other="${path}"` : null}><span>${
          question.comment.label || words.yourAnswer
        }</span><input type="text" name="${path}.o" maxlength="1000" value="${question.comment.value}"></label>`;
  const marks = html`<input type="hidden" name="shown" value="${path}">`;
  const looks = question.decides ? html` data-look` : null;
  return isSingle(input)
    ? html`<div class="question${faults.length > 0 ? " wrong" : ""}" id="f-${path}"${looks}>${marks}<label class="title" for="${path}">${heading}</label>${beside}${control}${comment}</div>`
    : html`<fieldset class="question${faults.length > 0 ? " wrong" : ""}" id="f-${path}"${looks}${attributes}><legend class="title">${heading}</legend>${marks}${beside}${control}${comment}</fieldset>`;
}

type InputContext = FieldContext & { readonly attributes: Markup | null; readonly title: string };

function choiceMarkup(choice: Choice, path: string, type: "radio" | "checkbox"): Markup {
  return html`<label class="choice"><input type="${type}" name="${path}" value="${choiceToken(choice.value)}"${
    choice.chosen ? html` checked` : null
  }>${choice.image === undefined ? null : html`<img src="${choice.image}" alt="">`}<span>${choice.text}</span></label>`;
}

const FACES = ["😣", "🙁", "😐", "🙂", "😀"];

function faceOf(at: number, count: number): string {
  return FACES[Math.round((at * (FACES.length - 1)) / Math.max(count - 1, 1))] ?? "😐";
}

function ratingMarkup(input: Extract<Input, { kind: "rating" }>, path: string): Markup {
  const many = input.choices.length > 7;
  return html`<div class="rating${many ? " many" : ""} ${input.dress}">${input.choices.map(
    (c, i) =>
      html`<label><input type="radio" name="${path}" value="${choiceToken(c.value)}"${
        c.chosen ? html` checked` : null
      }><span>${
        input.dress === "smileys"
          ? html`<span aria-hidden="true">${faceOf(i, input.choices.length)}</span><span class="read">${c.text}</span>`
          : input.dress === "stars"
            ? html`${c.text}<span aria-hidden="true">★</span>`
            : c.text
      }</span></label>`,
  )}</div>${
    input.minText === "" && input.maxText === ""
      ? null
      : html`<p class="ends"><span>${endText(input.choices[0], input.minText)}</span><span>${endText(input.choices.at(-1), input.maxText)}</span></p>`
  }`;
}

/** The words at an end of a scale with the number that they explain, so that they are clear wherever they stand. */
function endText(choice: Choice | undefined, text: string): string {
  return text === "" ? "" : `${choice?.text ?? ""} = ${text}`;
}

function textMarkup(
  input: Extract<Input, { kind: "text" }>,
  path: string,
  attributes: Markup | null,
): Markup {
  const optional = (name: string, value: string | number | null): Markup | null =>
    value === null || value === "" ? null : { markup: html` ${name}="${value}"`.markup };
  // Numbers are typed as text on purpose: a number field throws away what it does not understand without a word.
  const numeric = input.inputType === "number";
  return html`<input type="${numeric ? "text" : input.inputType}" name="${path}" id="${path}"${
    numeric ? html` inputmode="decimal"` : null
  }${optional("maxlength", input.maxLength)}${optional("placeholder", input.placeholder)}${optional(
    "autocomplete",
    input.autocomplete,
  )}${numeric ? null : html`${optional("min", input.min)}${optional("max", input.max)}`} value="${input.value}"${attributes}>`;
}

function inputMarkup(input: Input, path: string, context: InputContext): Markup {
  const { words, attributes } = context;
  switch (input.kind) {
    case "text":
      return textMarkup(input, path, attributes);
    case "comment":
      return html`<textarea name="${path}" id="${path}" rows="${Math.min(Math.max(input.rows, 3), 12)}"${
        input.maxLength === null ? html` maxlength="10000"` : html` maxlength="${input.maxLength}"`
      }${input.placeholder === "" ? null : html` placeholder="${input.placeholder}"`}${attributes}>${input.value}</textarea>`;
    case "rating":
      return ratingMarkup(input, path);
    case "file":
    case "signature":
      return uploadMarkup(input, path, context);
    case "one":
      return html`${pictureMarkup(input.picture)}<div class="choices">${input.choices.map((c) => choiceMarkup(c, path, "radio"))}</div>`;
    case "many":
      return html`${pictureMarkup(input.picture)}<div class="choices">${input.choices.map((c) => choiceMarkup(c, path, "checkbox"))}</div>`;
    case "list":
      return html`<select name="${path}" id="${path}"${attributes}><option value="">${
        input.placeholder || words.choose
      }</option>${input.choices.map(
        (c) =>
          html`<option value="${choiceToken(c.value)}"${c.chosen ? html` selected` : null}>${c.text}</option>`,
      )}</select>`;
    case "order":
      return html`<p class="hint">${words.orderHint}</p><ol class="order">${input.choices.map(
        (c, i) =>
          html`<li><label><select name="${path}.${i}" aria-label="${say(words.place, { what: c.text })}"><option value=""></option>${input.choices.map(
            (_, n) =>
              html`<option value="${n + 1}"${c.rank === n + 1 ? html` selected` : null}>${n + 1}</option>`,
          )}</select><span>${c.text}</span></label></li>`,
      )}</ol>`;
    case "slider": {
      const range = say(words.range, { min: String(input.min), max: String(input.max) });
      const one = (value: number | null, i: number, label: string | null) =>
        html`<input type="text" inputmode="decimal" class="short" name="${path}.${i}" id="${i === 0 && label === null ? path : `${path}.${i}`}"${
          label === null ? attributes : html` aria-label="${label}"`
        } value="${value === null ? "" : value}">`;
      return html`<p class="hint">${range}</p>${
        input.values.length === 1
          ? one(input.values[0] ?? null, 0, null)
          : html`<div class="ends-input">${one(input.values[0] ?? null, 0, words.from)}${one(input.values[1] ?? null, 1, words.to)}</div>`
      }`;
    }
    case "fields":
      return html`<div class="fields">${input.fields.map(
        (f) =>
          html`<div><label for="${f.path}">${f.label}${
            f.required ? html` <span class="needed">${words.required}</span>` : null
          }</label>${inputMarkup(f.input, f.path, { ...context, attributes: null })}</div>`,
      )}</div>`;
    case "grid":
      return gridMarkup(input, path, context);
    case "panels":
      return html`<input type="hidden" name="${path}.n" value="${input.panels.length}">${input.panels.map(
        (panel, i) =>
          html`<section class="entry"><h2>${
            panel.title || say(words.entry, { number: String(i + 1) })
          }</h2>${blocksMarkup(panel.blocks, context)}${
            input.canRemove ? entryButton(`remove:${path}.${i}`, input.removeText || words.removeEntry) : null
          }</section>`,
      )}${input.canAdd ? entryButton(`add:${path}`, input.addText || words.addEntry) : null}`;
  }
}

function entryButton(go: string, text: string): Markup {
  return html`<button class="small" name="go" value="${go}" formnovalidate>${text}</button>`;
}

function gridMarkup(input: Extract<Input, { kind: "grid" }>, path: string, context: InputContext): Markup {
  const { words } = context;
  return html`<input type="hidden" name="${path}.n" value="${input.rows.length}">${input.rows.map(
    (row, i) => {
      const label =
        row.label ||
        (input.rows.length > 1 || input.canAdd ? say(words.entry, { number: String(i + 1) }) : context.title);
      return html`<fieldset class="row"><legend>${label}</legend>${row.cells.map((cell, c) => {
        const title = input.columns[c];
        const field = inputMarkup(cell.input, cell.path, { ...context, attributes: null });
        if (title === undefined) return field;
        return isSingle(cell.input)
          ? html`<div class="cell"><label for="${cell.path}">${title}</label>${field}</div>`
          : html`<fieldset class="cell"><legend>${title}</legend>${field}</fieldset>`;
      })}${input.canRemove ? entryButton(`remove:${path}.${i}`, input.removeText || words.removeEntry) : null}</fieldset>`;
    },
  )}${input.canAdd ? entryButton(`add:${path}`, input.addText || words.addEntry) : null}`;
}

function pictureMarkup(source: string | undefined): Markup | null {
  return source === undefined ? null : html`<img class="picture" src="${source}" alt="">`;
}

/**
 * A file, or a signature: drawn where there is script, and a picture of one where there is none. What was given before
 * travels in a hidden field, so that going back and forth does not ask for it again.
 */
function uploadMarkup(
  input: Extract<Input, { kind: "file" | "signature" }>,
  path: string,
  { words, title }: InputContext,
): Markup {
  const isFile = input.kind === "file";
  const hint = isFile
    ? say(words.fileHint, { size: String(Math.max(1, Math.round(input.maxBytes / 1_000))) })
    : words.signHint;
  const names = isFile ? input.names.join(", ") : input.value === "" ? "" : words.signed;
  return html`<div class="upload" data-upload="${input.kind}"${isFile ? html` data-max="${input.maxBytes}"` : null}><p class="hint">${hint}</p>${
    isFile
      ? null
      : html`<canvas class="sign" width="600" height="200" role="img" aria-label="${say(words.signArea, { what: title })}" hidden></canvas><p class="clear" hidden><button type="button" class="small" data-clear>${words.signClear}</button></p>`
  }<input type="hidden" name="${path}" value="${input.value}"><input type="file" name="${path}.file" aria-label="${title}" accept="${
    isFile ? input.accept : "image/png"
  }"${isFile && input.many ? html` multiple` : null}>${
    names === ""
      ? null
      : html`<p class="kept"><span>${names}</span> <label><input type="checkbox" name="${path}.x" value="1"> ${words.fileRemove}</label></p>`
  }<p class="fault" data-too-large hidden>${say(words.fileTooLarge, { size: String(isFile ? Math.round(input.maxBytes / 1_000) : 200) })}</p></div>`;
}
