import { createServer } from 'node:net'

/** A process of its own: consoles that answer `show flood` with a megabyte of lines. Prints its port as JSON. */
const prompt = 'R1#'
const line = `${'interface counters and much more of the same '.repeat(2).slice(0, 78)}\r\n`
const flood = Buffer.from(line.repeat(Math.ceil(1_000_000 / line.length)))

const server = createServer((socket) => {
  socket.write(Buffer.from([255, 251, 1, 255, 251, 3]))
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    const text = chunk.toString('latin1').replace(/\xff[\xfb-\xfe]./gsu, '')
    for (const typed of text.split('\r').slice(0, -1)) {
      const command = typed.replace(/[^ -~]/gu, '')
      socket.write(`${command}\r\n`)
      // as a router does, which is asked behind a blank
      if (command.trim() === 'show flood') socket.write(flood)
      socket.write(prompt)
    }
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address !== 'string') console.log(JSON.stringify({ port: address.port }))
})
