export { mailHoldings } from "./holder.ts";
export {
  createMailer,
  type Mail,
  type Mailer,
  type MailListener,
  type MailSettings,
  purgeMail,
} from "./mailer.ts";
export { mailRoutes } from "./routes.ts";
