export * from "./beta-geometric.ts";
export * from "./fit.ts";
export * from "./gamma-gamma.ts";
export * from "./pareto.ts";
export * from "./predict.ts";
export { digamma, hyp2f1, logBeta, logGamma, normalCdf } from "./special.ts";
export * from "./summary.ts";
