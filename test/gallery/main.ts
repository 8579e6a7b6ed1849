import { buildGallery } from './gallery-app.ts'

/** `node --import tsx test/gallery/main.ts [port]`: the gallery to look at while working on pages; views are read again each time. */
const app = await buildGallery({ isDevelopment: true })
const url = await app.listen({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0) })
process.stdout.write(`${url}/gallery\n`)
