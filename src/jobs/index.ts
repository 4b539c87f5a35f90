export { countQueues, type FailedJob, listFailedJobs, type QueueCount } from "./monitor.store.ts";
export { createJobs, type Job, type JobOptions, type Jobs, type QueuePolicy } from "./queue.ts";
export { startTicker, type Ticker } from "./ticker.ts";
