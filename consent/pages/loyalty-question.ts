import type { RegistrySnapshot } from "../registry-snapshot.ts";
import type { Locale } from "../vocabulary.ts";
import { html, type Markup, PAGE_WORDS, say } from "./html.ts";

/**
 * The question of 11 CCR §7025(c)(4) about one purpose: what the signal says, what needs the contrary, and two answers
 * of the same size and look, the refusal first (§7004(a)(2): symmetry in choice). Not answering is a refusal too.
 */
export function loyaltyQuestion(
  registry: Pick<RegistrySnapshot, "rules">,
  purposeId: string,
  view: { readonly locale: Locale; readonly path: string },
): Markup {
  const { locale, path } = view;
  const words = PAGE_WORDS[locale];
  const purpose = registry.rules.purposes.get(purposeId);
  const id = `q-${purposeId}`;
  return html`<section class="card plain question" aria-labelledby="${id}">
<h2 id="${id}">${say(words.loyaltyHeading, { what: purpose?.name[locale] ?? purposeId })}</h2>
<p>${words.loyaltyText}</p>
<p>${purpose?.description[locale] ?? null}</p>
<form method="post" action="${path}" class="answers">
<input type="hidden" name="lang" value="${locale}">
<input type="hidden" name="purpose" value="${purposeId}">
<button class="action" name="loyalty" value="affirmed">${words.loyaltyFollow}</button>
<button class="action" name="loyalty" value="not-affirmed">${words.loyaltyAllow}</button>
</form>
<p class="hint">${words.loyaltyEffect}</p>
</section>`;
}
