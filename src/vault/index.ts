export { type ErasureAnchor, fileAnchor, urlAnchor } from "./anchor.ts";
export { type AwsKmsSettings, awsKms } from "./aws-kms.ts";
export { KEYSTORE_BACKUP_DAYS, type Manifest } from "./backup/manifest.ts";
export {
  openBackup,
  refuseHalfRestored,
  refuseHalfRestoredDatabase,
  restoreAll,
  restoreOfFiles,
  restoreOfPostgres,
} from "./backup/restore.ts";
export { parseLedgerEntry, takeBackup } from "./backup/take-backup.ts";
export { INDEX_KEY_LABELS } from "./blind-index.ts";
export { keyIdOf } from "./cell.ts";
export type { Erasure, ErasureLedger, LedgerEntry, LedgerHead } from "./erasure-ledger.ts";
export { createErasureMirror, type ErasureMirror } from "./erasure-mirror.ts";
export { vaultHoldings } from "./holder.ts";
export { isKeyLetGo } from "./key-cache.ts";
export type {
  BlockedValues,
  IdentifierFault,
  NormalisedIdentifier,
  NormaliseOptions,
} from "./normalise.ts";
export { isBlocked, NORMALISER_VERSION, type Normaliser, normaliseIdentifier, respell } from "./normalise.ts";
export { openVault, type VaultDeps } from "./open-vault.ts";
export { openPack, type PackPart, packParts, sealPack, sealParts } from "./pack.ts";
export type { RootKeyProvider, ToUnwrap, ToWrap, WrapContext, WrappedKey } from "./provider.ts";
export { type OpenedRootKey, openRootKeyFile, rootKeyFromText } from "./root-key.ts";
export {
  type KeyRotations,
  type KeyVersions,
  ROTATION_KINDS,
  ROTATION_PHASES,
  type Rotation,
  type RotationKind,
  type RotationStep,
} from "./rotation.ts";
export { ROTATION_RATE, runRotations } from "./run-rotations.ts";
export {
  type DataKey,
  KEY_USES,
  type KeyListing,
  type KeyListRequest,
  type KeyState,
  type KeyUse,
  type Place,
  type Vault,
} from "./vault.ts";
export { type VaultTransitSettings, vaultTransit } from "./vault-transit.ts";
