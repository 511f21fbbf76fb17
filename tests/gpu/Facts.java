import com.google.gson.GsonBuilder;
import io.elbo4j.cuda.CudaDevice;
import io.elbo4j.cuda.CudaLibrary;
import io.elbo4j.cuda.jni.ElboCuda;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;

/** What the first device is: {@code Facts JSON}; exits 1 if it cannot be used. */
final class Facts {
    private Facts() {}

    public static void main(String[] args) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        int index = CudaLibrary.firstUsable();
        if (index < 0) {
            System.out.println(CudaLibrary.problem().orElseThrow());
            facts.put("problem", CudaLibrary.problem().orElseThrow());
        } else {
            CudaDevice device = CudaLibrary.device(index);
            try (IntPointer driver = new IntPointer(1L); IntPointer runtime = new IntPointer(1L);
                    BytePointer name = new BytePointer(256L); LongPointer p = new LongPointer(6)) {
                ElboCuda.elbo4j_cuda_versions(driver, runtime);
                ElboCuda.elbo4j_cuda_device(index, name, p);
                facts.put("device", device.name());
                facts.put("compute_capability", device.major() + "." + device.minor());
                facts.put("multiprocessors", device.multiprocessors());
                facts.put("memory_bytes", device.bytes());
                facts.put("second_level_cache_bytes", p.get(4));
                facts.put("clock_khz", p.get(5));
                facts.put("emulated", CudaLibrary.emulated());
                facts.put("cuda_of_driver", version(driver.get()));
                facts.put("cuda_of_build", version(runtime.get()));
            }
        }
        String json = new GsonBuilder().setPrettyPrinting().create().toJson(facts);
        System.out.println(json);
        Files.writeString(Path.of(args[0]), json);
        System.exit(index < 0 ? 1 : 0);
    }

    private static String version(int number) {
        return number / 1000 + "." + number % 1000 / 10;
    }
}
