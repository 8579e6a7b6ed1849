export { type Alert, type Alerts, createAlerts } from './alerts.service.ts'
export { createWebhook } from './webhook.ts'
