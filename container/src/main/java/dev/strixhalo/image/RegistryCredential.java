package dev.strixhalo.image;

import dev.strixhalo.base.Secret;

/**
 * Who we are at a registry.
 *
 * @param user     login name
 * @param password or token
 */
public record RegistryCredential(String user, Secret password) {}
