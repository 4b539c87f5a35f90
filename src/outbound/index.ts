export { isPublicAddress } from "./addresses.ts";
export {
  createOutbound,
  type Outbound,
  type OutboundAnswer,
  type OutboundCall,
  type OutboundFailure,
  type OutboundSettings,
} from "./outbound.ts";
