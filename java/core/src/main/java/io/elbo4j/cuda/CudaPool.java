package io.elbo4j.cuda;

import io.elbo4j.cuda.jni.ElboCuda;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;

/**
 * A device's pool of memory, from which all queues of the process on that device allocate: what one frees the next one
 * gets without asking the driver. It is ours alone, so the settings of the device's default pool stay as they are, and
 * it is destroyed with its last user, which gives the memory that it keeps back to the driver.
 */
final class CudaPool {
    private static final Map<Integer, CudaPool> OF_DEVICES = new HashMap<>();

    private final int device;
    private final Pointer pool = new Pointer();
    private long users;

    private CudaPool(int device) {
        this.device = device;
        CudaErrors.check(ElboCuda.elbo4j_cuda_set_device(device));
        CudaErrors.check(ElboCuda.elbo4j_cuda_pool_create(pool));
    }

    /** For one more user, who releases it. */
    static CudaPool of(int device) {
        synchronized (OF_DEVICES) {
            CudaPool pool = OF_DEVICES.get(device);
            if (pool == null) {
                pool = new CudaPool(device);
                OF_DEVICES.put(device, pool);
            }
            pool.users++;
            return pool;
        }
    }

    /** The cudaMemPool_t; a null pointer where the device has no pools. */
    Pointer pointer() {
        return pool;
    }

    void release() {
        synchronized (OF_DEVICES) {
            if (--users > 0) {
                return;
            }
            OF_DEVICES.remove(device);
            if (!pool.isNull() && CudaErrors.alive()) {
                CudaErrors.note(ElboCuda.elbo4j_cuda_pool_destroy(pool));
            }
        }
    }
}
