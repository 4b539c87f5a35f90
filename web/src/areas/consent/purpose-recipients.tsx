import Button from "antd/es/button";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Select from "antd/es/select";
import { LANGUAGE_NAMES, LOCALES, say, useWords } from "../../i18n.ts";
import { CONSENT } from "./words.ts";
import { PURPOSE } from "./words-purpose.ts";

const NEW = { id: "", role: "processor", country: null, name: { en: "", "zh-CN": "", "zh-TW": "" } };

/** Who receives data for a purpose: a list of forms. */
export function RecipientFields() {
  const t = useWords(CONSENT);
  const words = useWords(PURPOSE);
  return (
    <fieldset>
      <legend>{words.recipients}</legend>
      <Form.List name="recipients">
        {(fields, { add, remove }) => (
          <div className="stack">
            {fields.map(({ key, name }) => (
              <div key={key} className="thirds boxed">
                <Form.Item
                  name={[name, "id"]}
                  label={words.recipientId}
                  rules={[{ required: true, pattern: /^[a-z][a-z0-9-]{0,62}$/, message: words.id }]}
                >
                  <Input className="mono" autoComplete="off" />
                </Form.Item>
                <Form.Item name={[name, "role"]} label={words.recipientRole}>
                  <Select
                    aria-label={words.recipientRole}
                    options={[
                      { value: "processor", label: t.processor },
                      { value: "third-party", label: t["third-party"] },
                    ]}
                  />
                </Form.Item>
                <Form.Item
                  name={[name, "country"]}
                  label={words.recipientCountry}
                  normalize={(typed: string) => (typed === "" ? null : typed.toUpperCase())}
                  rules={[{ pattern: /^[A-Z]{2}$/, message: words.recipientCountry }]}
                >
                  <Input maxLength={2} />
                </Form.Item>
                {LOCALES.map((locale) => (
                  <Form.Item
                    key={locale}
                    name={[name, "name", locale]}
                    label={say(words.recipientName, { locale: LANGUAGE_NAMES[locale] })}
                    rules={[{ required: true }]}
                  >
                    <Input lang={locale} />
                  </Form.Item>
                ))}
                <Button size="small" onClick={() => remove(name)} style={{ justifySelf: "start" }}>
                  {words.remove}
                </Button>
              </div>
            ))}
            <Button onClick={() => add(NEW)} style={{ alignSelf: "flex-start" }}>
              {words.addRecipient}
            </Button>
          </div>
        )}
      </Form.List>
    </fieldset>
  );
}
