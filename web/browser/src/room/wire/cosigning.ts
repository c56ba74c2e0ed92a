// Generated from broker/signalling/cosigning.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
import type { Role } from './messages-link';
export type WhyNoKey = 'insecure_page' | 'no_crypto' | 'no_storage';
export type SignerStand = 'signs' | 'cannot' | 'waived' | 'silent';
export interface CosignKey {
  key: string;
  proof: string;
}
export interface CosignCannot {
  why: WhyNoKey;
}
export interface Cosign {
  n: number;
  signature: string;
}
export interface CosignWaive {
  leg: string;
}
export interface ReceiptBody {
  v: number;
  session: string;
  n: number;
  from_s: number;
  to_s: number;
  amount_minor: number;
  total_minor: number;
  currency: string;
  second: number;
  prev: string;
}
export interface Receipts {
  receipts: ReceiptBody[];
}
export interface Cosigned {
  n: number;
  leg: string;
}
export interface Signer {
  leg: Role;
  stand: SignerStand;
  late: boolean;
}
export interface Cosigners {
  signers: Signer[];
}
