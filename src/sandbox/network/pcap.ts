import type { ArpPacket, Frame, IcmpMessage, Ipv4Packet } from './frame.ts'

/** Simulated frames as the bytes that a real cable would carry, in a capture file (pcap, version 2.4, Ethernet). */

/** libpcap's file header: microseconds, little endian, whole frames, DLT_EN10MB. */
export function pcapHeader(): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(65_535, 16)
  header.writeUInt32LE(1, 20)
  return header
}

/** @param atMs since the epoch */
export function pcapRecord(frame: Frame, atMs: number): Buffer {
  const bytes = frameBytes(frame)
  const head = Buffer.alloc(16)
  head.writeUInt32LE(Math.floor(atMs / 1_000), 0)
  head.writeUInt32LE(Math.floor((atMs % 1_000) * 1_000), 4)
  head.writeUInt32LE(bytes.length, 8)
  head.writeUInt32LE(bytes.length, 12)
  return Buffer.concat([head, bytes])
}

const macBytes = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex')
const u16 = (value: number): Buffer => Buffer.from([(value >> 8) & 255, value & 255])
const u32 = (value: number): Buffer => Buffer.from([(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255])

export function frameBytes({ source, destination, tags, payload }: Frame): Buffer {
  const tagBytes = tags.flatMap(({ ethertype, vlan }) => [u16(ethertype), u16(vlan)])
  const isArp = payload.kind === 'arp'
  const body = isArp ? arpBytes(payload) : ipv4Bytes(payload)
  return Buffer.concat([macBytes(destination), macBytes(source), ...tagBytes, u16(isArp ? 0x0806 : 0x0800), body])
}

function arpBytes({ operation, senderMac, senderIp, targetMac, targetIp }: ArpPacket): Buffer {
  const fixed = Buffer.from([0, 1, 8, 0, 6, 4, 0, operation === 'request' ? 1 : 2])
  return Buffer.concat([fixed, macBytes(senderMac), u32(senderIp), macBytes(targetMac), u32(targetIp)])
}

/** RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0
  for (let index = 0; index < bytes.length; index += 2) sum += (bytes.readUInt8(index) << 8) | (bytes[index + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

const withChecksum = (bytes: Buffer, at: number, over: Buffer = bytes): Buffer => {
  bytes.writeUInt16BE(checksum(over), at)
  return bytes
}

function ipv4Bytes(packet: Ipv4Packet): Buffer {
  const { source, destination, ttl, identification, dontFragment, size, body } = packet
  const header = Buffer.concat([
    Buffer.from([0x45, 0]),
    ...[u16(size), u16(identification & 0xffff), u16(dontFragment ? 0x4000 : 0)],
    Buffer.from([ttl & 255, body.protocol, 0, 0]),
    ...[u32(source), u32(destination)],
  ])
  return Buffer.concat([withChecksum(header, 10), bodyBytes(packet, Math.max(0, size - 20))])
}

/** Filled up to the length that the packet says it has. */
const filled = (bytes: Buffer, length: number): Buffer =>
  bytes.length >= length ? bytes.subarray(0, length) : Buffer.concat([bytes, Buffer.alloc(length - bytes.length, 0x61)])

function bodyBytes({ source, destination, body }: Ipv4Packet, length: number): Buffer {
  if (body.protocol === 1) return withChecksum(filled(icmpBytes(body), Math.max(8, length)), 2)
  const ports = [u16(body.sourcePort), u16(body.destinationPort)]
  const pseudo = (bytes: Buffer) =>
    Buffer.concat([u32(source), u32(destination), Buffer.from([0, body.protocol]), u16(bytes.length), bytes])
  if (body.protocol === 17) {
    const bytes = filled(Buffer.concat([...ports, u16(Math.max(8, length)), u16(0), Buffer.from(body.data)]), Math.max(8, length))
    return withChecksum(bytes, 6, pseudo(bytes))
  }
  const { syn, ack, rst, fin, push } = body.flags
  const flags = [fin, syn, rst, push, ack].reduce((bits, isSet, bit) => bits | (isSet ? 1 << bit : 0), 0)
  const head = Buffer.concat([...ports, u32(0), u32(0), Buffer.from([0x50, flags]), u16(65_535), u16(0), u16(0)])
  const bytes = filled(Buffer.concat([head, Buffer.from(body.data)]), Math.max(20, length))
  return withChecksum(bytes, 16, pseudo(bytes))
}

/** An error quotes the header and eight bytes of what it is about. */
function icmpBytes({ type, code, identifier, sequence, original }: IcmpMessage): Buffer {
  const rest = original ? [u32(0), ipv4Bytes(original).subarray(0, 28)] : [u16(identifier), u16(sequence)]
  return Buffer.concat([Buffer.from([type, code, 0, 0]), ...rest])
}
