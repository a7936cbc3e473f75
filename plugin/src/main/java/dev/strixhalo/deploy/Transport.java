package dev.strixhalo.deploy;

class Transport {
    Transport(Object... o) {}

    void bring(Object p) throws dev.strixhalo.base.StrixhaloException {}
}
