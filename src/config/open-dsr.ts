import { resolve } from "node:path";
import type { SettingsReader } from "./settings-reader.ts";

/** Paths of the certificate and the key that sign OpenDSR answers (PEM), and the host name the certificate bears. */
export interface OpenDsrSetting {
  readonly domain: string;
  readonly certificate: string;
  readonly key: string;
}

/** The settings of OpenDSR; null when it is not set up. */
export function readOpenDsr({ read, wrong }: SettingsReader): OpenDsrSetting | null {
  const domain = read("CANDOR_OPENDSR_DOMAIN");
  const certificate = read("CANDOR_OPENDSR_CERTIFICATE");
  const key = read("CANDOR_OPENDSR_KEY");
  if (domain === undefined && certificate === undefined && key === undefined) return null;
  if (domain === undefined || certificate === undefined || key === undefined) {
    wrong(
      "CANDOR_OPENDSR_DOMAIN",
      "goes with CANDOR_OPENDSR_CERTIFICATE and CANDOR_OPENDSR_KEY (paths of PEM files): set all three or none",
    );
    return null;
  }
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain))
    wrong("CANDOR_OPENDSR_DOMAIN", "must be the host name that the certificate bears");
  return { domain, certificate: resolve(certificate), key: resolve(key) };
}
