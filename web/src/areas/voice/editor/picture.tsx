import Button from "antd/es/button";
import { useRef, useState } from "react";
import { useWords } from "../../../i18n.ts";
import { EDITOR } from "./words.ts";

/** Pictures stand inside the definition; larger ones would slow the page down. */
const LARGEST = 100_000;

function readPicture(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("the picture could not be read"));
    reader.readAsDataURL(file);
  });
}

/** A picture of the question itself: answering pages load nothing from elsewhere. */
export function PictureField(props: {
  readonly label: string;
  readonly value: unknown;
  readonly readOnly: boolean;
  readonly onChange: (value: string | undefined) => void;
}) {
  const t = useWords(EDITOR);
  const input = useRef<HTMLInputElement>(null);
  const [tooBig, setTooBig] = useState(false);
  const shown = typeof props.value === "string" && props.value.startsWith("data:image/");
  return (
    <div className="row">
      {shown && <img src={props.value as string} alt={props.label} className="ed-picture" />}
      {!props.readOnly && (
        <>
          <input
            ref={input}
            type="file"
            accept="image/png,image/jpeg,image/webp,image/gif"
            hidden
            aria-label={props.label}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file === undefined) return;
              setTooBig(file.size > LARGEST);
              if (file.size <= LARGEST) void readPicture(file).then(props.onChange);
            }}
          />
          <Button size="small" onClick={() => input.current?.click()}>
            {t.choosePicture}
          </Button>
          {shown && (
            <Button size="small" onClick={() => props.onChange(undefined)}>
              {t.takePicture}
            </Button>
          )}
        </>
      )}
      {tooBig && <span role="alert">{t.pictureTooBig}</span>}
    </div>
  );
}
