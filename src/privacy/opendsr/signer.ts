import { createPrivateKey, sign, X509Certificate } from "node:crypto";
import { AppError } from "../../kernel/problems.ts";

/** Who signs as the processor: a domain and a certificate of an authority that bears it. */
export interface OpenDsrSigner {
  readonly domain: string;
  /** The certificate, and its chain where it has one, as PEM. */
  readonly certificate: string;
  /** Base64 of the signature over exact bytes: SHA-256 with the certificate's key (FIPS 186-4: RSA or ECDSA). */
  sign(body: string): string;
}

/**
 * Opens the signer from PEM texts. Throws `invalid-settings` when the key is not the certificate's, is of no kind that
 * FIPS 186-4 knows, or the certificate does not name the domain.
 */
export function openSigner(settings: {
  readonly domain: string;
  readonly certificate: string;
  readonly key: string;
}): OpenDsrSigner {
  const wrong = (detail: string, cause?: unknown) => new AppError("invalid-settings", { detail, cause });
  try {
    const certificate = new X509Certificate(settings.certificate);
    const key = createPrivateKey(settings.key);
    if (!certificate.checkPrivateKey(key)) throw wrong("CANDOR_OPENDSR_KEY is not the certificate's key");
    if (key.asymmetricKeyType !== "rsa" && key.asymmetricKeyType !== "ec")
      throw wrong("CANDOR_OPENDSR_KEY must be an RSA or an elliptic-curve key");
    if (certificate.checkHost(settings.domain, { subject: "never" }) === undefined)
      throw wrong(
        "CANDOR_OPENDSR_CERTIFICATE does not name CANDOR_OPENDSR_DOMAIN among its alternative names",
      );
    return {
      domain: settings.domain,
      certificate: settings.certificate,
      sign: (body) => sign("sha256", Buffer.from(body, "utf8"), key).toString("base64"),
    };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw wrong("CANDOR_OPENDSR_CERTIFICATE or CANDOR_OPENDSR_KEY could not be read as PEM", error);
  }
}

/** The headers of every answer and callback, in the names of a dialect. */
export function signatureHeaders(
  signer: OpenDsrSigner,
  dialect: "opendsr" | "opengdpr",
  body: string,
): Readonly<Record<string, string>> {
  const prefix = dialect === "opendsr" ? "x-opendsr" : "x-opengdpr";
  return {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    [`${prefix}-processor-domain`]: signer.domain,
    [`${prefix}-signature`]: signer.sign(body),
  };
}
