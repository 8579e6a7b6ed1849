import Fastify from 'fastify'

/** What a server costs that does nothing: Node, the loader of TypeScript, Fastify. Says its address in one line. */
const app = Fastify()
app.get('/sign-in', async () => 'hello')
console.log(JSON.stringify({ url: await app.listen({ host: '127.0.0.1', port: 0 }) }))
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)))
