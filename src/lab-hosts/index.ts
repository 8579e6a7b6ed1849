export { createGns3Clients } from './gns3-clients.ts'
export { labHostRoutes } from './lab-host.routes.ts'
