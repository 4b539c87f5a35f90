/** One page of a survey as it is shown to one person: texts resolved, conditions decided. It crosses threads as it is. */
export interface PageView {
  /** The page's name in the definition: how a form says which page it answers. */
  readonly page: string;
  /** Its place among the pages that this person sees, from 1. */
  readonly number: number;
  readonly count: number;
  readonly surveyTitle: string;
  readonly surveyDescription: string;
  readonly title: string;
  readonly description: string;
  readonly blocks: readonly Block[];
  /** Words of the definition for its buttons; empty: the page's own. */
  readonly buttons: { readonly next: string; readonly previous: string; readonly complete: string };
  readonly thanks: string;
}

export type Block =
  | { readonly kind: "text"; readonly paragraphs: readonly string[] }
  | { readonly kind: "image"; readonly source: string; readonly text: string }
  | {
      readonly kind: "panel";
      readonly title: string;
      readonly description: string;
      readonly blocks: readonly Block[];
    }
  | QuestionBlock;

export interface QuestionBlock {
  readonly kind: "question";
  /** How its fields are named: `q3`, inside a dynamic panel `q3.p0.q1`. */
  readonly path: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly required: boolean;
  readonly readOnly: boolean;
  readonly errors: readonly string[];
  /** Whether the page must be looked at again when its answer changes: other questions depend on it. */
  readonly decides: boolean;
  readonly comment: { readonly label: string; readonly value: string; readonly onlyOther: boolean } | null;
  readonly input: Input;
}

export interface Choice {
  readonly value: unknown;
  readonly text: string;
  readonly chosen: boolean;
  readonly image?: string;
}

export type Input =
  | {
      readonly kind: "text";
      readonly inputType: string;
      readonly value: string;
      readonly maxLength: number | null;
      readonly placeholder: string;
      readonly autocomplete: string;
      readonly min: string;
      readonly max: string;
      readonly step: string;
    }
  | {
      readonly kind: "comment";
      readonly value: string;
      readonly rows: number;
      readonly maxLength: number | null;
      readonly placeholder: string;
    }
  | {
      readonly kind: "rating";
      readonly choices: readonly Choice[];
      readonly minText: string;
      readonly maxText: string;
      /** `number`, or stars and faces, which are numbers in another dress. */
      readonly dress: "number" | "stars" | "smileys";
    }
  | {
      readonly kind: "one" | "many";
      readonly choices: readonly Choice[];
      /** A picture above them whose areas are what is chosen. */
      readonly picture?: string;
    }
  | {
      readonly kind: "file";
      /** What was given before, as the form carries it; empty: nothing. */
      readonly value: string;
      readonly names: readonly string[];
      readonly accept: string;
      readonly maxBytes: number;
      readonly many: boolean;
    }
  /** `value`: what was drawn before, as a data URL. */
  | { readonly kind: "signature"; readonly value: string }
  | { readonly kind: "list"; readonly choices: readonly Choice[]; readonly placeholder: string }
  | {
      readonly kind: "order";
      readonly choices: readonly {
        readonly value: unknown;
        readonly text: string;
        readonly rank: number | null;
      }[];
    }
  | {
      readonly kind: "slider";
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly values: readonly (number | null)[];
    }
  | {
      readonly kind: "fields";
      readonly fields: readonly {
        readonly path: string;
        readonly label: string;
        readonly required: boolean;
        readonly input: Input;
      }[];
    }
  | {
      readonly kind: "grid";
      readonly columns: readonly string[];
      readonly rows: readonly {
        readonly label: string;
        readonly cells: readonly { readonly path: string; readonly input: Input }[];
      }[];
      /** A dynamic matrix: how many rows there may be beyond those shown. */
      readonly canAdd: boolean;
      readonly canRemove: boolean;
      readonly addText: string;
      readonly removeText: string;
    }
  | {
      readonly kind: "panels";
      readonly panels: readonly { readonly title: string; readonly blocks: readonly Block[] }[];
      readonly canAdd: boolean;
      readonly canRemove: boolean;
      readonly addText: string;
      readonly removeText: string;
    };

/** Something wrong with an answer, as the model says it, in the person's language. */
export interface AnswerFault {
  /** The question's name. */
  readonly question: string;
  readonly text: string;
}

/** What came of looking at answers with the model. */
export interface Looked {
  readonly view: PageView;
  /** The answers without those to questions that this person does not see. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What came of taking a page's answers. */
export interface Taken extends Looked {
  readonly faults: readonly AnswerFault[];
  /** No page follows: the survey is answered. */
  readonly complete: boolean;
}

/** What came of checking a whole set of answers. */
export interface Checked extends Pick<Looked, "data"> {
  /** Names of the questions whose answers are missing or do not fit. */
  readonly faulty: readonly string[];
  readonly complete: boolean;
}
