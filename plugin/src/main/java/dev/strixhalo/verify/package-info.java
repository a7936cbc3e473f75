/**
 * The link measured: LAN, the card over TCP, RDMA, and an all-reduce between the nodes, each against limits. One class per
 * tool reads what it prints; a number from a run that failed is no number. Knows {@code deploy}, {@code rdma}, {@code host},
 * {@code remote}, {@code cluster} and {@code base}. Start reading at {@code Verification}.
 */
@NullMarked
package dev.strixhalo.verify;

import org.jspecify.annotations.NullMarked;
