import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { LabAttack } from '../attack.ts'
import { handedOut, labMarker, type Tampering } from '../hostile-machine.ts'

const [first, second] = handedOut.nodes
const [cable] = handedOut.links
const swapped = (what: string, tampering: Tampering, mark = 'LAB_CHANGED'): LabAttack => ({
  ...{ class: 'lab-swapping', what, tampering, mark },
  ends: mark === 'LAB_CHANGED' ? 'no-pass' : 'not-judged',
})
const says =
  (text: string, status = 200) =>
  (response: ServerResponse) =>
    void response.writeHead(status).end(text)
const marker = (what: string, answer: (response: ServerResponse) => void, mark = 'GNS3_MARKER_FOREIGN'): LabAttack => ({
  ...{ class: 'foreign-markers', what, mark, ends: 'not-judged', tampering: { answers: { '/files/netpraxis-marker.txt': answer } } },
})
const lie = (what: string, tampering: Tampering, mark = 'LAB_CHANGED'): LabAttack => ({
  ...{ class: 'lying-devices', what, tampering, mark, ends: 'no-pass' },
})
const flood = (what: string, tampering: Tampering, ends: LabAttack['ends'], mark: string): LabAttack => ({
  ...{ class: 'floods', what, tampering, ends, mark },
})

/** Pours as fast as it is taken, for as long as somebody takes it. */
function pour(sink: Socket | ServerResponse, piece: string): void {
  const chunk = piece.repeat(Math.ceil(65_536 / piece.length))
  const go = () => {
    while (!sink.destroyed && sink.write(chunk));
    if (!sink.destroyed) sink.once('drain', () => setImmediate(go))
  }
  go()
}
const manyNodes = JSON.stringify(Array.from({ length: 3_000 }, (_, index) => ({ ...first, node_id: `node-${index}`, name: `R${index}` })))
const typedBehind: NonNullable<Tampering['device']> = {
  'show ip route 10.0.2.0 255.255.255.0': (router, prompt) => {
    router.say('% Network not in table\r\n')
    prompt()
    router.say('show clock\r\n')
  },
}

/** Work VMs in the hands of their students; every one of them would have full points if it were believed. */
export const labAttacks: readonly LabAttack[] = [
  swapped('a renamed device', { nodes: [{ ...first, name: 'R9' } as typeof first & object, second].flatMap((node) => node ?? []) }),
  swapped('an added switch', { nodes: [...handedOut.nodes, { node_id: 'added', name: 'SW9', node_type: 'ethernet_switch' }] }),
  swapped('a device of another kind under the old name', {
    nodes: handedOut.nodes.map((node) => ({ ...node, node_id: `new-${node.name}`, node_type: 'docker' })),
  }),
  swapped('a cable that was taken out', { links: [] }),
  swapped('a cable more', {
    links: [
      ...handedOut.links,
      ...(cable ? [{ ...cable, link_id: 'second', nodes: cable.nodes.map((one) => ({ ...one, port_number: 1 })) }] : []),
    ],
  }),
  swapped('a project that was imported anew', { answers: { '/nodes': says('{"message":"no such project"}', 404) } }, 'GNS3_NOT_FOUND'),

  marker("another lab's", says('marker-of-another-lab\n')),
  marker('none any more', says('{"message":"no"}', 404)),
  marker('a text that holds the right one', says(`before ${labMarker} after\n`)),
  marker('an empty file', says('')),
  marker(
    'a way to where the right one is',
    (response) => void response.writeHead(302, { location: 'http://127.77.1.1/' }).end(),
    'GNS3_UNEXPECTED_ANSWER',
  ),

  lie('an alias for what is asked', { configuration: ['alias exec show more flash:answers.txt'] }),
  lie('an applet that answers', { configuration: ['event manager applet lie', ' event cli pattern "show ip route" sync yes'] }),
  lie('a menu at the console', { configuration: ['line con 0', ' autocommand menu exam'] }),
  lie('less than the whole configuration', { device: { 'show privilege': 'Current privilege level is 7\r\n' } }),
  lie('success that is typed behind the answer', { device: typedBehind }, 'CONSOLE_DISTURBED'),

  flood('a console that never stops', { console: (socket) => pour(socket, 'noise '.repeat(20)) }, 'no-pass', 'CONSOLE_FLOODED'),
  flood(
    'a list without end from GNS3',
    { answers: { '/nodes': (response) => pour(response.writeHead(200), '[{"node_id":"x"},') } },
    'not-judged',
    'GNS3_UNEXPECTED_ANSWER',
  ),
  flood('three thousand devices', { answers: { '/nodes': says(manyNodes) } }, 'not-judged', 'GNS3_UNEXPECTED_ANSWER'),
  flood(
    'a list a hundred thousand deep',
    { answers: { '/links': says('['.repeat(100_000) + ']'.repeat(100_000)) } },
    'not-judged',
    'GNS3_UNEXPECTED_ANSWER',
  ),
  flood(
    'a marker without end',
    { answers: { '/files/netpraxis-marker.txt': (response) => pour(response.writeHead(200), labMarker) } },
    'not-judged',
    'GNS3_UNEXPECTED_ANSWER',
  ),
]
